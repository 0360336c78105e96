    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    // A frame is released only when it has ended.
    always @* assume (!release_frame || full);
//if drops
    // While the supervisor gives up, the rest of a frame is taken and dropped. A reset follows.
    reg was_giving_up;
    always @(posedge aclk) was_giving_up <= gives_up;
    always @* assume (!started || !was_giving_up || gives_up || !aresetn);
    wire drops = gives_up, may_drop = within_frame;
//end
//if !drops
    // The beat unpacker before this module takes beats and drops them.
    wire drops = 1'b0, may_drop = 1'b0;
//end

    wire takes = s_axis_tvalid && s_axis_tready;
    wire ends = takes && s_axis_tlast;
    wire [{data_bits}-1:0] data_in = {{data_in}};
    wire [{data_bits}-1:0] data_out = {{data_out}};
//if broken
    // Whether what is taken breaks the rule of `tkeep`, or something in the same frame did before.
    reg broken_before;
    wire is_broken = {broken} || broken_before;
    always @(posedge aclk) broken_before <= aresetn && !ends && (takes ? is_broken : broken_before);
//end
//if !broken
    wire is_broken = 1'b0;
//end

//if fixed
    // How much of the frame was taken before. The size of a matrix stands for all larger numbers as well.
    reg [{bits}-1:0] before;
    always @(posedge aclk)
        if (!aresetn || ends) before <= 0;
        else if (takes && before != {bits}'d{total}) before <= before + 1;
    wire is_of_matrix = before != {bits}'d{total};
    wire is_last = before == {bits}'d{total} - 1;
    // Whether the row and the column are those of a place in a frame.
    reg [{bits}-1:0] place;
    always @(posedge aclk) place <= before;
    wire [{bits}-1:0] place_out = load_row * {bits}'d{cols} + load_{column};
    wire [{bits}-1:0] place_next = \dut.row * {bits}'d{cols} + \dut.{column} ;
    wire is_placed = place_out == place && load_{column} < {bits}'d{cols};
    wire is_counted = before == {bits}'d{total}
        ? \dut.late : !\dut.late && place_next == before && \dut.{column} < {bits}'d{cols};
//if batches
    wire in_last_row = load_row == {rows} - 1, in_last_column = load_{column} == {cols} - 1;
//end
//end
//if any
    // The size of the matrix: the first two elements of a frame, or the registers if they say so.
    reg [1:0] announced;
    reg [{size_bits}-1:0] rows_before, cols_before;
//if registers
    wire by_register = announced == 2'd0 && size_from_register;
    wire [{size_bits}-1:0] rows = by_register ? frame_rows : rows_before;
    wire [{size_bits}-1:0] cols = by_register ? frame_cols : cols_before;
//end
//if !registers
    wire by_register = 1'b0;
    wire [{size_bits}-1:0] rows = rows_before, cols = cols_before;
//end
    wire is_header = announced != 2'd2 && !by_register;
    wire rows_fit = rows_before != 0 && rows_before <= {rows};
    wire cols_fit = cols_before != 0 && cols_before <= {cols};
    wire fits = rows != 0 && rows <= {rows} && cols != 0 && cols <= {cols}{symmetric};
    always @(posedge aclk)
        if (!aresetn) begin
            announced <= 2'd0;
            rows_before <= 0;
            cols_before <= 0;
        end else if (takes) begin
            announced <= ends ? 2'd0 : announced == 2'd0 && !by_register ? 2'd1 : 2'd2;
            rows_before <= announced == 2'd0 && !by_register ? s_axis_tdata : rows;
            cols_before <= announced == 2'd1 ? s_axis_tdata : cols;
        end
    // The place of the next element, as long as the matrix is not complete.
    reg [{bits}-1:0] at_row, at_column;
    reg complete;
    wire is_of_matrix = !is_header && fits && !complete;
    wire at_end_of_row = at_column + 1 == cols;
    wire is_last = is_of_matrix && at_end_of_row && at_row + 1 == rows;
    always @(posedge aclk)
        if (!aresetn || ends) begin
            at_row <= 0;
            at_column <= 0;
            complete <= 1'b0;
        end else if (takes && is_of_matrix) begin
            at_row <= at_end_of_row ? at_row + 1 : at_row;
            at_column <= at_end_of_row ? 0 : at_column + 1;
            complete <= is_last;
        end
    reg [{bits}-1:0] row, column;
    always @(posedge aclk) begin
        row <= at_row;
        column <= at_column;
    end
//if batches
    reg in_last_row, in_last_column;
    always @(posedge aclk) begin
        in_last_row <= at_row + 1 == rows;
        in_last_column <= at_end_of_row;
    end
//end
    wire is_placed = load_row == row && load_column == column;
    wire is_counted = \dut.late == complete && (complete || (\dut.row == at_row && \dut.column == at_column));
//end

    // What the cycle before decided.
    reg was_reset, was_full, was_released, loads, was_good_end, could_take, could_drop, dropped;
    reg [{data_bits}-1:0] data;
    reg waits, is_bad;
    wire waits_next = ends || (waits && !release_frame);
    always @(posedge aclk) begin
        was_reset <= !aresetn;
        was_full <= full;
        was_released <= release_frame;
        loads <= aresetn && takes && is_of_matrix;
        was_good_end <= is_last && s_axis_tlast && !is_broken;
        data <= data_in;
        waits <= aresetn && waits_next;
        is_bad <= aresetn && waits_next && (ends ? !is_last || is_broken : is_bad);
        dropped <= aresetn && drops;
        could_drop <= aresetn && may_drop && !ends;
        could_take <= aresetn && !waits_next{free};
    end
//if batches
    // Batches of two rows that the decomposer has not taken. It takes only what has been loaded.
    reg [3:0] batches;
    wire begins_anew = bad || release_frame;
    always @(posedge aclk)
        batches <= !aresetn || begins_anew ? 4'd0 : batches + load_batch - batch_taken;
    always @* assume (!batch_taken || batches != 4'd0 || begins_anew || dropped);
    wire has_credit = batches + load_batch < {credits};
//end
//if !batches
    wire has_credit = 1'b1;
//end

    always @* if (started) begin
        // Each element of a matrix is loaded one cycle after it was taken, once, with its row and its column.
        assert (load_valid == loads);
        if (loads) assert (data_out == data && is_placed);
        // A frame that has ended waits for its release. It is bad if its elements were too few, too many, or broken, or
        // its size is not taken, and only then.
        assert (full == waits && bad == is_bad);
        // `tready` is decided in the cycle before, by nothing but whether there is room.
        assert (s_axis_tready == (dropped ? could_drop : could_take && has_credit));
        // Nothing is taken between the end of a frame and its release.
        if (full && !dropped) assert (!s_axis_tready);
        // There is a cycle without a frame before the next one.
        if (was_released && !dropped) assert (!full);
        // After a reset there is no frame, and a new one begins.
        if (was_reset) assert (!s_axis_tready && !full && !bad && !load_valid);
        // No fault without a flipped bit.
        assert (!fault);
        // What makes the above inductive.
        assert (is_counted);
//if fixed
        assert (before <= {bits}'d{total});
//end
        assert (\dut.frame_full == waits && \dut.frame_bad == is_bad);
        assert (!is_bad || waits);
        assert (dropped || !could_take || !waits);
//if broken
        assert (\dut.broken_before == broken_before);
//end
//if any
        // The size of a good frame is the one that was announced.
        if (full && !bad && !dropped{size_known}) assert (size_rows == {size_rows} - 1 && size_cols == cols_before - 1);
        if (waits && !is_bad && !dropped) assert (rows_fit && cols_fit);
        assert (\dut.frame_begins == (announced == 2'd0) && \dut.waits_for_cols == (announced == 2'd1));
        assert (announced != 2'd3);
        assert (\dut.announced_row_fits == rows_fit && (!rows_fit || \dut.announced_row == rows_before - 1));
        assert (\dut.announced_column_fits == cols_fit && (!cols_fit || \dut.announced_column == cols_before - 1));
        assert (complete || announced == 2'd2 || (at_row == 0 && at_column == 0));
        assert (announced == 2'd2 || !complete);
        assert (announced != 2'd2 || complete || !fits || (at_row < rows && at_column < cols));
        assert (announced != 2'd2 || fits || (at_row == 0 && at_column == 0 && !complete));
//end
//if batches
        // Every two rows, and the rows that are left, are a batch. The last one counts only in a frame that is not bad.
        assert (load_batch == (loads && in_last_column && (in_last_row ? was_good_end : load_row[0])));
        assert (load_final == (loads && was_good_end));
        // No more batches are loaded than there are credits.
        assert (dropped || \dut.credits + batches + load_batch == {credits});
//end
    end
