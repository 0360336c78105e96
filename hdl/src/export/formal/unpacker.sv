    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    // While the supervisor gives up, the rest of a frame is taken and dropped. A reset follows.
    reg was_giving_up, dropped;
    always @(posedge aclk) begin
        was_giving_up <= gives_up;
        dropped <= aresetn && gives_up;
    end
    always @* assume (!started || !was_giving_up || gives_up || !aresetn);

    // The elements of the beat that is offered: `tkeep` is 1 for the bytes of the first ones. Of a beat that is not the
    // last one of its frame, all are there. Another beat is broken, and counts as one element.
    wire takes = s_axis_tvalid && s_axis_tready;
    wire moves = element_valid && element_ready;
    wire [{elements}*{bits}-1:0] data_in = {{data_in}};
    wire [{elements}*{bytes}-1:0] keep_in = {{keep_in}};
    wire [3:0] kept = {kept}4'd0;
    wire is_broken = kept == 4'd0 || (!s_axis_tlast && kept != 4'd{elements});
    wire [3:0] count_in = is_broken ? 4'd1 : kept;

    // How many elements are inside.
    reg [4:0] inside;
    wire [4:0] inside_still = inside - moves;
    always @(posedge aclk) inside <= !aresetn ? 5'd0 : inside_still + (takes ? count_in : 4'd0);

    // Any one element is followed from its beat on. `ahead` elements leave before it.
    (* anyseq *) wire follows;
    (* anyseq *) wire [2:0] chosen;
    reg followed, is_last, is_of_broken;
    reg [4:0] ahead;
    reg [{bits}-1:0] data;
    always @(posedge aclk)
        if (!aresetn) followed <= 1'b0;
        else if (takes && follows && !followed && chosen < count_in) begin
            followed <= 1'b1;
            ahead <= inside_still + chosen;
            data <= data_in[chosen * {bits} +: {bits}];
            is_last <= s_axis_tlast && chosen == count_in - 1;
            is_of_broken <= is_broken;
        end else if (followed && moves) begin
            if (ahead == 5'd0) followed <= 1'b0;
            ahead <= ahead - 5'd1;
        end

    // Where the element is: in the beat that leaves, or in the one that waits.
//if several
    wire [4:0] leaving = \dut.has_element ? 5'd1 + {more} : 5'd0;
    wire [4:0] waiting = \dut.beat_waits ? {present} : 5'd0;
    wire last_leaving = \dut.is_last_beat ;
    // Those that are there come first.
    wire [{elements}-1:0] there = {\dut.more , 1'b1}, there_waiting = \dut.waiting_present ;
    wire leaving_is_first = (there & (there >> 1)) == there >> 1;
    wire waiting_is_first = (there_waiting & (there_waiting >> 1)) == there_waiting >> 1 && there_waiting[0];
//end
//if !several
    wire [4:0] leaving = \dut.has_element , waiting = \dut.beat_waits ;
    wire last_leaving = \dut.is_last_element ;
    wire leaving_is_first = 1'b1, waiting_is_first = 1'b1;
//end
    wire [{elements}*{bits}-1:0] data_leaving = {{data_leaving}};
    wire [{elements}*{bits}-1:0] data_waiting = {{data_waiting}};
    wire leaves = ahead < leaving;
    wire [4:0] place = leaves ? ahead : ahead - leaving;
    wire [{bits}-1:0] data_there = leaves ? data_leaving[place * {bits} +: {bits}] : data_waiting[place * {bits} +: {bits}];
    wire is_last_there = leaves ? last_leaving && place == leaving - 1 : \dut.waiting_last && place == waiting - 1;
    wire is_broken_there = leaves ? \dut.beat_is_broken : \dut.waiting_broken ;

    // What held in the cycle before.
    reg was_reset, waited, could_drop, was_last, was_broken;
    reg [{bits}-1:0] was_element;
    always @(posedge aclk) begin
        was_reset <= !aresetn;
        waited <= aresetn && element_valid && !element_ready;
        was_element <= element;
        was_last <= element_last;
        was_broken <= element_broken;
        could_drop <= aresetn && within_frame && !(takes && s_axis_tlast);
    end

    always @* if (started) begin
        if (!dropped) begin
            // No element is lost, repeated or reordered, and with each come the end of its frame and what is wrong with it.
            assert (element_valid == (inside != 5'd0));
            if (followed && ahead == 5'd0)
                assert (element_valid && element == data && element_last == is_last && element_broken == is_of_broken);
            // An element stays as it is until it is taken.
            if (waited) assert (element_valid && element == was_element && element_last == was_last);
            if (waited) assert (element_broken == was_broken);
        end
        // `tready` does not depend on what is offered: it is 1 unless a beat waits.
        assert (s_axis_tready == (dropped ? could_drop : !was_reset && !\dut.beat_waits ));
        // After a reset nothing is inside.
        if (was_reset) assert (!s_axis_tready && !element_valid && inside == 5'd0);
        // No fault without a flipped bit.
        assert (!fault);
        // What makes the above inductive.
        if (!dropped) begin
            assert (inside == leaving + waiting && leaving <= {elements} && waiting <= {elements});
            assert (!\dut.beat_waits || \dut.has_element );
            assert (!followed || ahead < inside);
            assert (!followed || (data_there == data && is_last_there == is_last && is_broken_there == is_of_broken));
            if (\dut.has_element ) assert (\dut.is_last_element == (last_leaving && leaving == 5'd1));
            assert (!\dut.has_element || leaving_is_first);
            assert (!\dut.beat_waits || waiting_is_first);
        end
    end
