    // The first cycle is one of reset.
    reg started = 1'b0;
    always @(posedge aclk) started <= 1'b1;
    always @* if (!started) assume (!aresetn);

    // Requests that have been taken, less the answers that have been taken.
    reg [1:0] addresses, data, reads;
    wire takes_address = s_axi_awvalid && s_axi_awready;
    wire takes_data = s_axi_wvalid && s_axi_wready;
    wire takes_read = s_axi_arvalid && s_axi_arready;
    wire gives_b = s_axi_bvalid && s_axi_bready;
    wire gives_r = s_axi_rvalid && s_axi_rready;
    always @(posedge aclk) begin
        addresses <= !aresetn ? 2'd0 : addresses + takes_address - gives_b;
        data <= !aresetn ? 2'd0 : data + takes_data - gives_b;
        reads <= !aresetn ? 2'd0 : reads + takes_read - gives_r;
    end

    // Any one read is followed: the request that comes after `before` answers.
    (* anyseq *) wire follows;
    reg followed;
    reg before;
    reg [7:0] address;
    always @(posedge aclk)
        if (!aresetn) followed <= 1'b0;
        else if (takes_read && follows && !followed) begin
            followed <= 1'b1;
            before <= reads - gives_r != 2'd0;
            address <= s_axi_araddr;
        end else if (followed && gives_r) begin
            followed <= before;
            before <= 1'b0;
        end

    // What held in the cycle before.
    reg was_reset, had_write, had_read, b_waited, r_waited;
    reg [1:0] was_bresp, was_rresp;
    reg [31:0] was_rdata;
    always @(posedge aclk) begin
        was_reset <= !aresetn;
        had_write <= aresetn && addresses > gives_b && data > gives_b;
        had_read <= aresetn && reads > gives_r;
        b_waited <= aresetn && s_axi_bvalid && !s_axi_bready;
        r_waited <= aresetn && s_axi_rvalid && !s_axi_rready;
        was_bresp <= s_axi_bresp;
        was_rresp <= s_axi_rresp;
        was_rdata <= s_axi_rdata;
    end

    always @* if (started) begin
        // An answer stays as it is until it is taken.
        if (b_waited) assert (s_axi_bvalid && s_axi_bresp == was_bresp);
        if (r_waited) assert (s_axi_rvalid && s_axi_rresp == was_rresp && s_axi_rdata == was_rdata);
        // No answer comes without a request: that to a write without its address and its data.
        assert (!s_axi_bvalid || (addresses != 2'd0 && data != 2'd0));
        assert (!s_axi_rvalid || reads != 2'd0);
        // Each request is answered: at once, or when the answer before it has been taken.
        if (had_write) assert (s_axi_bvalid);
        if (had_read) assert (s_axi_rvalid);
        // Every answer is OKAY. What is read is what belongs to the address: of the first register, the identity.
        if (s_axi_bvalid) assert (s_axi_bresp == 2'd0);
        if (s_axi_rvalid) assert (s_axi_rresp == 2'd0);
        if (s_axi_rvalid && followed && !before) begin
            if (address[7:2] == {identity_word}) assert (s_axi_rdata == 32'd{identity});
            if (address[7:2] > {last_word}) assert (s_axi_rdata == 32'd0);
        end
        // What is taken has room: one request beside the one whose answer waits.
        assert (addresses <= 2'd2 && data <= 2'd2 && reads <= 2'd2);
        // After a reset nothing is taken, answered or announced.
        if (was_reset) begin
            assert (!s_axi_awready && !s_axi_wready && !s_axi_arready);
            assert (!s_axi_bvalid && !s_axi_rvalid && !irq);
        end
        // What makes the above inductive.
        assert (\dut.s_axi_awvalid_held_now + s_axi_bvalid == addresses);
        assert (\dut.s_axi_wvalid_held_now + s_axi_bvalid == data);
        assert (\dut.s_axi_arvalid_held_now + s_axi_rvalid == reads);
        assert (!(s_axi_awready && \dut.s_axi_awvalid_held_now ));
        assert (!(s_axi_wready && \dut.s_axi_wvalid_held_now ));
        assert (!(s_axi_arready && \dut.s_axi_arvalid_held_now ));
        assert (\dut.s_axi_bvalid_waits_now == s_axi_bvalid && \dut.s_axi_rvalid_waits_now == s_axi_rvalid);
        if (followed) begin
            assert (before ? reads == 2'd2 : reads != 2'd0);
            if (\dut.s_axi_arvalid_held_now && (before || !s_axi_rvalid))
                assert (\dut.s_axi_araddr_held == address);
        end
    end
