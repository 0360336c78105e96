    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    // The writer spends a credit for each beat and gets one back with each `freed`.
    reg [4:0] credits;
    always @(posedge aclk) credits <= !aresetn ? 5'd16 : credits + {4'd0, freed} - {4'd0, write};
    always @* assume (!write || credits != 5'd0);

    // It writes frames: the status word is the first beat of each, and no other.
    always @* assume (!write || ({first_user} == 2'd0) == \dut.next_is_first );

{odd_function}
    // Any one beat is followed from its write on. `ahead` beats leave before it.
    (* anyseq *) wire follows;
    reg followed;
    reg [4:0] ahead;
    reg [{bits}:0] beat;
    wire [{bits}:0] beat_in = {{parts_in}, ~tlast};
    wire moves = m_axis_tvalid && m_axis_tready;
    always @(posedge aclk) begin
        if (!aresetn) followed <= 1'b0;
        else if (write && follows && !followed) begin
            followed <= 1'b1;
            ahead <= \dut.count + {4'd0, m_axis_tvalid} - {4'd0, moves};
            beat <= beat_in;
        end else if (followed && moves) begin
            if (ahead == 5'd0) followed <= 1'b0;
            ahead <= ahead - 5'd1;
        end
    end
    wire [3:0] place = \dut.read_at + ahead[3:0] - {3'd0, m_axis_tvalid};
    // The words of the memories, and those that belong to the beat.
{memories}    wire [{bits}:0] beat_there = {{parts_there}, tlast_inverted_there};
    wire [{bits}:0] beat_out = {{parts_out}, \dut.tlast_inverted_head };
    wire is_at_head = followed && m_axis_tvalid && ahead == 5'd0;
    wire parity = is_odd(beat[{bits}:2]);

    // What held in the cycle before.
    reg was_valid, was_ready, was_reset, could_move, was_flipped;
    reg [{bits}:1] was_out;
    always @(posedge aclk) begin
        was_valid <= m_axis_tvalid;
        was_ready <= m_axis_tready;
        was_reset <= !aresetn;
        was_flipped <= aresetn && \dut.number_is_flipped ;
        was_out <= beat_out[{bits}:1];
        could_move <= \dut.count != 5'd0 && !holds && !fault_before;
    end

    always @* if (started) begin
        // Nothing is lost, repeated or reordered.
        assert (!is_at_head || beat_out == beat);
        assert (!followed || is_at_head || beat_there == beat);
        assert (!followed || ahead < \dut.count + {4'd0, m_axis_tvalid});
        // A beat stays as it is until it is taken.
        if (was_valid && !was_ready && !was_reset) begin
            assert (m_axis_tvalid);
            assert (beat_out[{bits}:1] == was_out);
        end
        // A beat is offered whether the receiver is ready or not.
        if (could_move && !was_reset) assert (m_axis_tvalid);
        // After a reset nothing is offered.
        if (was_reset) assert (!m_axis_tvalid && \dut.count == 5'd0);
        // There is room for every beat, and no fault without a flipped bit.
        assert (credits + \dut.count + {4'd0, freed} == 5'd16);
        assert (\dut.count <= 5'd16 && credits <= 5'd16);
        assert (!\dut.flip_seen && (!fault || was_flipped));
        assert (\dut.count [3:0] == \dut.write_at - \dut.read_at );
        assert (\dut.odd_parity == ~(^{m_axis_tvalid, \dut.count }));
        assert (\dut.odd_parity_2 == ~(^\dut.write_at ) && \dut.odd_parity_3 == ~(^\dut.read_at ));
        assert (\dut.odd_parity_4 == ~(\dut.flip_seen ^ \dut.freed_out ));
        assert (!m_axis_tvalid || m_axis_tlast != \dut.tlast_inverted_head );
        // The followed beat may be any one, so that this holds for all of them.
        assert (!is_at_head || (\dut.parity_head == parity && !\dut.number_is_flipped ));
        assert (!followed || is_at_head || parity_there == parity);
{inversions}    end
