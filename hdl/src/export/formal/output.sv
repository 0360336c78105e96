    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    // A frame begins only when the last element of the one before has been read, as `done` says.
    wire starts = start || answer;
    reg busy;
    always @(posedge aclk) busy <= aresetn && (starts || (busy && !done));
    always @* assume (!starts || !busy);
//if any
    // Its size stays as it is.
    reg [{index_bits}-1:0] rows_before, cols_before;
    always @(posedge aclk) begin
        rows_before <= size_rows;
        cols_before <= size_cols;
    end
    always @* assume (!busy || (size_rows == rows_before && size_cols == cols_before));
    always @* assume (size_rows < {rows} && size_cols < {cols});
//end

    // What is left of a frame to be read: its next element is in `section`, and whether it is the last one.
    reg active;
    wire alone = bad || gives_up;
    wire [1:0] section;
    wire is_last;
    wire has_credit;
    wire reads = active && has_credit{frees};
    always @(posedge aclk) active <= aresetn && (starts || (active && !(reads && is_last)));
//if fixed
    // The frame by the numbers of its elements.
    reg [{bits}-1:0] number;
    always @(posedge aclk) if (starts) number <= 0; else if (reads) number <= number + 1;
    wire [{bits}-1:0] first_of_section = {first_of_section};
    assign section = {section};
    assign is_last = (number == 0 && alone) || number == {bits}'d{elements} - 1;
    wire [{bits}-1:0] number_of_walk = first_of_section + \dut.row * {bits}'d{rank} + \dut.column ;
    wire walks = number_of_walk == number && \dut.column < {bits}'d{rank} && number < {bits}'d{elements};
//end
//if any
    // The frame by its sections, and their elements by rows and columns.
    wire [{index_bits}-1:0] shorter = size_rows < size_cols ? size_rows : size_cols;
    wire [{index_bits}-1:0] last_value = shorter < {rank} ? shorter : {rank} - 1;
    reg [1:0] section_now;
    reg [{index_bits}-1:0] row, column;
    wire [{index_bits}-1:0] last_row =
        section == 2'd2 ? size_rows : section == 2'd3 ? size_cols : {index_bits}'d0;
    wire ends_row = section == 2'd0 || column == last_value;
    wire ends_section = ends_row && row == last_row;
    assign section = section_now;
    assign is_last = ends_section && (section == 2'd{last_section} || (section == 2'd0 && alone));
    always @(posedge aclk)
        if (starts) begin
            section_now <= 2'd0;
            row <= 0;
            column <= 0;
        end else if (reads) begin
            section_now <= !ends_section ? section : {next_section};
            row <= ends_section ? 0 : ends_row ? row + 1 : row;
            column <= ends_row ? 0 : column + 1;
        end
    wire walks = \dut.row == row && \dut.column == column && row <= last_row && column <= (section == 2'd0 ? 0 : last_value)
        && (section == 2'd0 || section == 2'd1{sections});
//end

    // What was read is written {latency} cycles later.
    reg [{latency}:1] read, last, filling;
    reg [2*{latency}+1:2] section_of;
    always @(posedge aclk) begin
        read <= aresetn ? {read, reads} : 0;
        last <= aresetn ? {last, reads && is_last} : 0;
        filling <= aresetn ? {filling, fills} : 0;
        section_of <= {section_of, section};
    end
    wire [1:0] section_out = section_of[2*{latency} +: 2];

    // A beat is complete with its last element, or with the last one of its frame. Its place in the FIFO is in use from
    // its write until it is freed.
//if beats
    reg [{place_bits}-1:0] place, place_out;
    reg [{place_bits}*{latency}-1:0] place_of;
    wire fills = reads && (is_last || place == {per_beat} - 1);
    wire fills_out = write && (tlast || place_out == {per_beat} - 1);
    always @(posedge aclk) begin
        place <= !aresetn || fills ? 0 : place + reads;
        place_out <= !aresetn || fills_out ? 0 : place_out + write;
        place_of <= aresetn ? {place_of, place} : 0;
    end
//end
//if !beats
    wire fills = reads, fills_out = write;
//end
    reg [4:0] used;
    always @(posedge aclk) used <= !aresetn ? 5'd0 : used + fills_out - freed;
    always @* assume (!freed || used != 5'd0);
    wire [4:0] on_the_way = {on_the_way};
    assign has_credit = used + on_the_way < 5'd{depth};

    reg was_reset;
    always @(posedge aclk) was_reset <= !aresetn;

    always @* if (started) begin
        // What leaves is the status word, sigma, U and V, each with all its elements, in this order; or the status word
        // alone. `tlast` comes with the last element, and with no other.
        assert (write == read[{latency}]);
        if (write) assert (tuser == section_out && tlast == last[{latency}]);
        // The sorter is turned, and U and V are read, for each of their elements.
        assert (turn == (read[1] && section_of[3:2] != 2'd0));
{reads}        // The end of a frame is announced when its last element has been read.
        assert (done == last[{latency} - 1]);
        // A beat is written only if there is room for it.
        assert (!fills_out || used < 5'd{depth});
        // After a reset no frame is under way.
        if (was_reset) assert (!write && !done && !turn);
        // No fault without a flipped bit.
        assert (!fault);
        // What makes the above inductive.
        assert (\dut.active == active && \dut.credits + used + on_the_way == 5'd{depth});
        assert (used + on_the_way <= 5'd{depth});
        assert (!active || (busy && \dut.section == section && walks));
        assert (busy == (active || last[{latency} - 1:1] != 0));
//if beats
        assert (\dut.place_in_beat == place);
        assert (place_out == place_of[{place_bits}*{latency}-1 -: {place_bits}]);
//end
    end
