    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    wire [{elements}*{bits}-1:0] data_out = {{data_out}};
    wire [{elements}*2-1:0] user_out = {{user_out}};
    wire [{elements}-1:0] keep_out = {{keep_out}};

    // How many elements the next beat has so far. It is complete when it is full, and at the end of a frame.
    reg [3:0] count;
    wire completes = write_element && (element_last || count == {elements} - 1);
    always @(posedge aclk) count <= !aresetn || completes ? 4'd0 : count + write_element;

    // Any one place in a beat is watched.
    (* anyconst *) wire [2:0] chosen;
    always @* assume (chosen < {elements});
    reg [{bits}-1:0] data;
    reg [1:0] user;
    always @(posedge aclk)
        if (write_element && count == chosen) begin
            data <= element;
            user <= element_user;
        end
    wire [{bits}-1:0] data_there = data_out[chosen * {bits} +: {bits}];
    wire [1:0] user_there = user_out[chosen * 2 +: 2];

    // What held in the cycle before.
    reg was_reset, completed, was_last;
    reg [3:0] size;
    always @(posedge aclk) begin
        was_reset <= !aresetn;
        completed <= aresetn && completes;
        was_last <= element_last;
        size <= count + 1;
    end
    wire [3:0] filled = write_beat ? size : count;

    always @* if (started) begin
        // A beat leaves one cycle after it is complete, once, and `tlast` comes with the end of a frame.
        assert (write_beat == completed);
        if (write_beat) begin
            assert (tlast == was_last);
            assert (size != 4'd0 && size <= {elements});
        end
        // Each element is in its place, those that are there come first, and the other places are 0.
        if (filled != 4'd0) begin
            assert (keep_out == (1 << filled) - 1);
            assert (chosen < filled ? data_there == data && user_there == user : data_there == 0 && user_there == 0);
        end
        // After a reset a new beat begins.
        if (was_reset) assert (!write_beat && count == 4'd0);
        // No fault without a flipped bit.
        assert (!fault);
        // What makes the above inductive.
        assert (\dut.place == 1 << count && count < {elements});
        assert (!write_beat || count == 4'd0);
    end
