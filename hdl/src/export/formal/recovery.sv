    // There is no reset: the supervisor and the FIFO begin in any state whatsoever, even one that contradicts itself.
    always @* assume (aresetn);
    reg [1:0] age = 2'd0;
    always @(posedge aclk) if (age != 2'd3) age <= age + 2'd1;

    // The FIFO, as the core connects it. What it is given is arbitrary.
{fifo}
    always @* begin
        assume (output_valid == fifo_m_axis_tvalid && output_last == fifo_m_axis_tlast);
        assume (fifo_fault == fifo_own_fault && supervisor_fault == fault);
    end

    wire [{bits}-1:0] owed_now = \dut.frames_owed_now ;
    wire [4:0] state = \dut.state_now ;
    wire cleared = state[2], sent = state[1], within = state[0];
    wire notices = \dut.notices_fault ;
    wire is_reset = cleared && !restart_ends;
    wire takes = input_valid && input_ready;
    wire takes_frame = takes && input_last;

    // The module that takes the beats: while frames are given up, it takes what is left of a frame.
    reg was_giving_up = 1'b0, could_drop;
    always @(posedge aclk) begin
        was_giving_up <= gives_up;
        could_drop <= within_frame && !takes_frame && !restart_ends;
    end
    always @* assume (!was_giving_up || input_ready == could_drop);

    // The supervisor has noticed a fault and not come to an end with it.
    reg noticed = 1'b0, recovers_on = 1'b0;
    wire recovers = noticed && gives_up;
    always @(posedge aclk) begin
        noticed <= notices || (noticed && gives_up);
        recovers_on <= recovers && !notices;
    end
    // The output end, once it was reset: for each answer it writes one beat, a status word, the last one of its frame.
    reg pending = 1'b0;
    always @(posedge aclk) pending <= !restart_ends && (answer || (pending && !fifo_write));
    always @* assume (!(recovers && is_reset) || !fifo_write || (pending && fifo_tlast && fifo_{first_user} == 2'd0));

    // What is left to do: for each frame that will have been owed, and for the state. Three are waited for: the sink has a
    // beat and does not take it, an answer is on its way in the output end, or the source is within a frame.
    wire [{bits}:0] frames = owed_now + within;
    wire [3:0] steps =
        !cleared ? (output_valid ? 4'd9 : 4'd8) :
        restart_ends ? 4'd7 :
        !sent ? (owed_now == 0 ? 4'd6 : 4'd5) :
        (answer || pending ? 4'd4 : output_valid ? 4'd2 : 4'd3) + (owed_now == 0 ? 4'd5 : 4'd0);
    wire [{bits}+4:0] left = frames * 5 + steps;
    wire waits = (output_valid && !output_ready) || ((answer || pending) && !fifo_write)
        || (is_reset && !sent && owed_now == 0 && within && !takes_frame);

    // For how long nothing has moved though something should, and no restart is under way.
    wire stands = (owed_now != 0 || (input_valid && !input_ready)) && !output_valid && !takes;
    reg [{patience_bits}:0] stood = 0;
    always @(posedge aclk) stood <= stands && !notices && (!state[3] || is_reset) ? stood + 1 : 0;

    // What held in the cycle before.
    reg did_notice = 1'b0, did_recover = 1'b0, counted = 1'b0, could_clear = 1'b0, did_wait;
    reg [{bits}+4:0] was_left;
    always @(posedge aclk) begin
        did_notice <= notices;
        did_recover <= recovers && !notices;
        counted <= recovers && recovers_on && !notices;
        did_wait <= waits;
        could_clear <= recovers && !notices && !cleared && !output_valid;
        was_left <= left;
    end

    always @* begin
        // After one cycle the copies of what the supervisor knows agree, and soon it reports no fault of its own.
        if (age >= 2'd1) begin
            assert (\dut.frames_owed == owed_now && \dut.frames_owed_inverted == ~owed_now);
            assert (\dut.frames_owed_parity == ~(^owed_now));
            assert (\dut.state == state && \dut.state_inverted == ~state && \dut.state_parity == ~(^state));
        end
        if (age >= 2'd2) assert (!fault);
        // The watchdog bites when nothing has moved for {patience} cycles.
        assert (stood <= {patience});
        // Whatever was before, after a fault all frames are given up: the core is reset, the head of the FIFO is held.
        if (did_notice) assert (gives_up && restart_core && holds && !answer);
        // As soon as no beat waits at the output, the stream ends are reset.
        if (could_clear) assert (restart_ends && cleared);
        // In each cycle less is left to do, unless it waits; and it never becomes more.
        if (counted && recovers) assert (did_wait ? left <= was_left : left < was_left);
        // In the end nothing is owed, the source is not within a frame, and all modules are reset.
        if (did_recover && !gives_up)
            assert (owed_now == 0 && !within && !sent && restart_core && restart_ends);

        // What makes the above inductive.
        assert (stood <= \dut.cycles_without_beat );
        if (age >= 2'd1) begin
            assert (gives_up == state[3] && within_frame == within && holds == (state[3] && !cleared));
            assert (\dut.odd_parity == ~(^{restart_ends, gives_up, within_frame, restart_core, holds, answer}));
        end
        assert (!noticed || age >= 2'd1);
        assert (!recovers_on || (noticed && was_giving_up));
        assert (!counted || recovers_on);
        if (noticed && !gives_up) assert (did_recover);
        if (recovers) begin
            assert (restart_core);
            assert (!recovers_on || !input_ready || within);
            assert (cleared || (!sent && !answer && !restart_ends));
            assert (!cleared || recovers_on);
            assert (!restart_ends || !sent);
            if (is_reset) begin
                // One answer at a time is on its way, in the FIFO, or at its head.
                assert (answer + pending + \fifo.count + output_valid == {5'd0, sent});
                assert (\fifo.odd_parity == ~(^{output_valid, \fifo.count }) && !fifo_own_fault);
                assert (\fifo.odd_parity_2 == ~(^\fifo.write_at ) && \fifo.odd_parity_3 == ~(^\fifo.read_at ));
                assert (!\fifo.flip_seen && \fifo.odd_parity_4 == ~\fifo.freed_out );
                assert (!output_valid || (output_last && !\fifo.tlast_inverted_head ));
                assert (\fifo.count [3:0] == \fifo.write_at - \fifo.read_at );
                assert (\fifo.next_is_first );
                assert (!output_valid || \fifo.parity_head == is_odd(numbers_head));
                assert (\fifo.count == 0 || (tlast_next && !tlast_inverted_next && parity_next == is_odd(numbers_next)));
            end
        end
    end
