    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    // The input end: a frame waits, as it is, until it is released, and there is a cycle without one before the next.
    reg was_full, was_bad, was_released;
    always @(posedge aclk) begin
        was_full <= aresetn && frame_full;
        was_bad <= frame_bad;
        was_released <= aresetn && frame_full && (release_frame || was_released);
    end
    always @* begin
        assume (!was_full || was_released || frame_full);
        assume (!was_full || was_released || frame_bad == was_bad);
    end

    // A frame is accepted once, as soon as a context is free.
    reg accepted;
    reg [{count_bits}-1:0] in_core;
    wire accept = frame_full && !accepted && in_core != {contexts};
    wire starts = accept && !frame_bad, refuses = accept && frame_bad;
    always @(posedge aclk) begin
        accepted <= aresetn && frame_full && (accept || accepted);
        in_core <= !aresetn ? 0 : in_core + accept - unloaded;
    end

    // The decomposer: `done` tells of a matrix that is decomposed, and once of each.
    reg [{contexts}-1:0] running;
    wire [{contexts}-1:0] one = 1;
    always @(posedge aclk)
        running <= !aresetn ? 0 : (running | (starts ? one << accepting : 0)) & ~(done ? one << done_in : 0);
    always @* assume (!done || running[done_in]);

    // The output end: a result has been read once, after it was begun.
    reg sending;
    wire sends = sending || unload_start;
    always @(posedge aclk) sending <= aresetn && sends && !unloaded;
    always @* assume (!unloaded || sending);

    // The contexts, taken in turn.
    reg [{context_bits}-1:0] accepting, first;
    wire [{context_bits}-1:0] done_in = {done_context};
    always @(posedge aclk)
        if (!aresetn) begin
            accepting <= 0;
            first <= 0;
        end else begin
            if (accept) accepting <= accepting == {contexts} - 1 ? 0 : accepting + 1;
            if (unloaded) first <= first == {contexts} - 1 ? 0 : first + 1;
        end

    // Any one frame is followed from its acceptance on. `ahead` results leave before its own.
    (* anyseq *) wire follows;
    reg followed, is_bad, is_done, is_sent;
    reg [{count_bits}-1:0] ahead;
    reg [{context_bits}-1:0] context_of;
    wire is_first = followed && ahead == 0;
    always @(posedge aclk)
        if (!aresetn) followed <= 1'b0;
        else if (!followed && accept && follows) begin
            followed <= 1'b1;
            is_bad <= frame_bad;
            is_done <= 1'b0;
            is_sent <= 1'b0;
            ahead <= in_core - unloaded;
            context_of <= accepting;
        end else if (followed) begin
            if (done && done_in == context_of) is_done <= 1'b1;
            if (is_first && unload_start) is_sent <= 1'b1;
            if (unloaded && is_first) followed <= 1'b0;
            if (unloaded && !is_first) ahead <= ahead - 1;
        end

    // A frame is released when the next one can be loaded: when the elements of one before are no longer needed.
    reg unreleased;
    reg [{count_bits}-1:0] held;
    wire [{count_bits}-1:0] held_now = held - unload_start;
    always @(posedge aclk) begin
        unreleased <= aresetn && (accept || (unreleased && !release_frame));
        held <= !aresetn ? 0 : held_now + accept;
    end

    // What held in the cycle before.
    reg was_reset, was_started, was_refused, could_begin, was_sorting, could_move, was_first, was_sending, was_giving_up;
    reg [{place_bits}-1:0] was_place;
    wire can_begin = is_first && !is_sent && (is_bad || is_done);
    always @(posedge aclk) begin
        was_reset <= !aresetn;
        was_started <= aresetn && starts;
        was_refused <= aresetn && refuses;
        could_begin <= aresetn && can_begin;
        was_sorting <= aresetn && \dut.sorting ;
        could_move <= {value_free};
        was_place <= value_number;
        was_first <= is_first;
        was_sending <= aresetn && sends;
        was_giving_up <= gives_up;
    end
//if any
    // The size of the frame that was accepted.
    reg [{index_bits}-1:0] rows_of, cols_of;
    always @(posedge aclk)
        if (accept) begin
            rows_of <= size_rows;
            cols_of <= size_cols;
        end
//end

    wire [{contexts}-1:0] done_kept = \dut.done_kept , bad_kept = \dut.bad_kept ;
    integer c;
    reg is_in_core, rests_done;
    always @* if (started) begin
        // Each good frame is started once, one cycle after it is accepted, and a bad one is not.
        assert (start == was_started);
//if contexts
        assert (skip == was_refused);
        assert (load_context == accepting && wanted_context == first);
        if (start || skip) assert (start_context == (accepting == 0 ? {contexts} - 1 : accepting - 1));
//end
        // Results are sent one after the other.
        assert (!unload_start || !sending);
        // Each frame is sent once, in its turn, a good one when it is done. It is not over before.
        if (unload_start) assert (in_core != 0);
        if (is_first && unload_start) assert (!is_sent && (is_bad || is_done));
        if (is_first && unloaded) assert (is_sent);
        // It does not have to wait for anything but the values to be sorted, and they do not stand still.
        if (is_first && could_begin && was_first && !is_sent) assert (\dut.sorting || unload_start);
        if (was_sorting && could_move) assert (unload_start ? was_place == {last_place} : value_number == was_place + 1);
        // What is sent of a bad frame is its status word alone, and this says so. So it does when frames are given up.
        if (is_first && was_first && was_sending && sending) assert (status_is_all == is_bad);
        if (is_first && was_first && was_sending && sending && !was_giving_up)
            assert (is_bad ? status == 24'd{bad_status} : !status[{bad_bit}] && !status[{given_up_bit}]);
        if (was_giving_up) assert (status == 24'd{given_up_status});
        // Each frame is released once, as soon as there is room for the next.
        assert (release_frame == (unreleased && held_now != {contexts}));
        if (release_frame) assert (frame_full);
//if any
        if (in_core != 0) assert (size_rows_now == rows_of && size_cols_now == cols_of);
//end
        // After a reset there is no frame.
        if (was_reset) assert (!start && !unload_start && !release_frame && in_core == 0);
        // No fault without a flipped bit.
        assert (!fault);

        // What makes the above inductive.
        assert (\dut.frames_in_core == in_core && in_core <= {contexts});
        assert (\dut.frame_taken == accepted && \dut.frames_held == held_now && held_now <= in_core);
        assert (held_now == in_core - sends);
        assert (\dut.to_release == (unreleased && !release_frame));
        assert (unreleased == (accepted && !was_released) && (!was_released || accepted));
        assert (!accepted || was_full);
        assert (\dut.unloading == sends && !(\dut.sorting && sends));
        assert (!(\dut.sorting || sends) || in_core != 0);
        assert (\dut.sorting || value_number == 0 || unload_start);
        assert (value_number <= {last_place} || unload_start);
        assert (first < {contexts} && accepting < {contexts});
        assert (accepting == (first + in_core >= {contexts} ? first + in_core - {contexts} : first + in_core));
        if (followed) begin
            assert (ahead < in_core);
            assert (context_of == (first + ahead >= {contexts} ? first + ahead - {contexts} : first + ahead));
            assert (bad_kept[context_of] == is_bad);
            assert (!is_bad || !is_done);
            assert (!is_sent || (is_first && sending));
            assert (!is_first || !sending || is_sent);
            assert (is_bad || running[context_of] == !is_done);
            assert (!is_done || done_kept[context_of] || (is_first && (\dut.sorting || sends)));
        end
        for (c = 0; c < {contexts}; c = c + 1) begin
            is_in_core = (c >= first ? c - first : c + {contexts} - first) < in_core;
            rests_done = c == first && (\dut.sorting || sends);
            assert (!running[c] || (is_in_core && !bad_kept[c] && !done_kept[c] && !rests_done));
            assert (!done_kept[c] || (is_in_core && !bad_kept[c] && !rests_done));
            assert (!is_in_core || bad_kept[c] || running[c] || done_kept[c] || rests_done);
        end
        assert (!\dut.sorting || !bad_kept[first]);
    end
