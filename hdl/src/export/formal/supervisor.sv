    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    // A second ledger. Frames that are taken are owed, and answers pay for them.
    reg [{bits}-1:0] ledger;
    reg within, prepaid;
    wire takes = input_valid && input_ready;
    wire takes_frame = takes && input_last;
    wire answers_frame = output_valid && output_ready && output_last;
    always @(posedge aclk) begin
        if (!aresetn) begin
            ledger <= 0;
            within <= 1'b0;
            prepaid <= 1'b0;
        end else begin
            if (takes) within <= !input_last;
            if (takes_frame && prepaid) prepaid <= 1'b0;
            if (answers_frame && ledger == 0 && !takes_frame && within) prepaid <= 1'b1;
            ledger <= ledger + (takes_frame && !prepaid) - (answers_frame && (ledger != 0 || (takes_frame && !prepaid)));
        end
    end
    always @* assume (ledger != {{bits}{1'b1}} || !takes_frame);

    wire [{bits}-1:0] owed_now = \dut.frames_owed_now ;
    wire [4:0] state = \dut.state_now ;
    wire gives_up_now = state[3];
    wire cleared_now = state[2];
    wire sent_now = state[1];

    // What held in the cycle before.
    reg was_reset, was_giving_up, gave_up, was_fault, was_settled;
    always @(posedge aclk) begin
        was_reset <= !aresetn;
        was_giving_up <= gives_up_now;
        gave_up <= gives_up;
        was_settled <= ledger == 0 && !within && !sent_now;
        was_fault <= \dut.notices_fault ;
    end

    always @* if (started) begin
        // The ledger is right, and every copy of it.
        assert (owed_now == ledger);
        assert (\dut.frames_owed == ledger && \dut.frames_owed_inverted == ~ledger);
        assert (\dut.frames_owed_parity == ~(^ledger));
        assert (\dut.state_inverted == ~\dut.state && \dut.state_parity == ~(^\dut.state ));
        assert (state[0] == within && state[4] == prepaid);
        // A fault makes the core give up, and nothing else does.
        assert (gives_up == gives_up_now && within_frame == within);
        if (was_fault && !was_reset) assert (gives_up && restart_core);
        if (gives_up && !was_reset) assert (was_giving_up || was_fault);
        // It ends only when nothing is owed and the source is not within a frame.
        if (was_giving_up && !gives_up && !was_reset) assert (was_settled);
        // All modules are reset when it ends.
        if (gave_up && !gives_up && !was_reset) assert (restart_ends && restart_core);
        // While it lasts the core is in reset, and no beat enters the head of the FIFO before the ends are reset.
        if (gives_up) assert (restart_core);
        assert (holds == (gives_up_now && !cleared_now));
        // An answer is sent only while one is owed.
        if (answer) assert (gives_up && sent_now && ledger != 0);
        if (sent_now) assert (gives_up && ledger != 0);
        // After a reset nothing is owed.
        if (was_reset) assert (!gives_up && !answer && ledger == 0 && !restart_ends);
        assert (!cleared_now || gives_up_now);
        // No module has a fault of its own without a flipped bit.
        assert (!fault);
        assert (\dut.odd_parity == ~(^{restart_ends, gives_up, within_frame, restart_core, holds, answer}));
        assert (\dut.cycles_without_beat <= {patience});
    end
