`timescale 1ns / 1ps
`default_nettype none

// A core whose streams carry two elements of four bytes in a beat, with `tkeep`, and that has three registers. Inside is
// svd_4x3_any, whose streams carry one element in a beat. The cocotb bench is tested with it.
module wide (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire [63:0] s_axis_tdata,
    input  wire [7:0]  s_axis_tkeep,
    input  wire        s_axis_tvalid,
    input  wire        s_axis_tlast,
    output wire        s_axis_tready,
    output reg  [63:0] m_axis_tdata,
    output reg  [7:0]  m_axis_tkeep,
    output reg         m_axis_tvalid,
    output reg         m_axis_tlast,
    output reg  [3:0]  m_axis_tuser,
    input  wire        m_axis_tready,
    input  wire [7:0]  s_axi_awaddr,
    input  wire [2:0]  s_axi_awprot,
    input  wire        s_axi_awvalid,
    output wire        s_axi_awready,
    input  wire [31:0] s_axi_wdata,
    input  wire [3:0]  s_axi_wstrb,
    input  wire        s_axi_wvalid,
    output wire        s_axi_wready,
    output wire [1:0]  s_axi_bresp,
    output reg         s_axi_bvalid,
    input  wire        s_axi_bready,
    input  wire [7:0]  s_axi_araddr,
    input  wire [2:0]  s_axi_arprot,
    input  wire        s_axi_arvalid,
    output wire        s_axi_arready,
    output reg  [31:0] s_axi_rdata,
    output wire [1:0]  s_axi_rresp,
    output reg         s_axi_rvalid,
    input  wire        s_axi_rready
);
    // ---- Input: elements whose bytes are not all kept are left out, so that the frame is too short.
    reg         second;   // the second element of the beat is next
    wire        keeps_first = &s_axis_tkeep[3:0];
    wire        keeps_second = &s_axis_tkeep[7:4];
    wire        passes = s_axis_tvalid && !second && !keeps_first && keeps_second;
    wire        offers = s_axis_tvalid && !passes;
    wire        at_end = second || !keeps_second;
    wire        core_ready;
    wire [15:0] element = second ? s_axis_tdata[47:32] : s_axis_tdata[15:0];
    assign s_axis_tready = offers && core_ready && at_end;

    always @(posedge aclk) begin
        if (!aresetn) second <= 0;
        else if (passes || (offers && core_ready)) second <= passes || !at_end;
    end

    wire [23:0] data;
    wire        valid;
    wire        last;
    wire [1:0]  user;
    wire        takes = !m_axis_tvalid || m_axis_tready;
    svd_4x3_any core (
        .aclk(aclk), .aresetn(aresetn),
        .s_axis_tdata(element), .s_axis_tvalid(offers), .s_axis_tlast(s_axis_tlast && at_end),
        .s_axis_tready(core_ready),
        .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tlast(last), .m_axis_tuser(user), .m_axis_tready(takes)
    );

    // ---- Output: two elements are put together; what is not kept in a partial beat is rubbish.
    reg         half;   // the first element of a beat waits for the second
    reg  [31:0] waiting;
    reg  [1:0]  waiting_user;
    wire [31:0] padded = user == 0 ? {8'd0, data} : {{8{data[23]}}, data};

    always @(posedge aclk) begin
        if (!aresetn) begin
            half <= 0;
            m_axis_tvalid <= 0;
        end else if (takes) begin
            m_axis_tvalid <= valid && (half || last);
            if (valid) begin
                half <= !half && !last;
                waiting <= padded;
                waiting_user <= user;
                m_axis_tdata <= half ? {padded, waiting} : {32'hdeadbeef, padded};
                m_axis_tuser <= half ? {user, waiting_user} : {2'b11, user};
                m_axis_tkeep <= half ? 8'hff : 8'h0f;
                m_axis_tlast <= last;
            end
        end
    end

    // ---- Registers: two that are never written, and one that cannot be read.
    assign s_axi_awready = s_axi_awvalid && s_axi_wvalid && !s_axi_bvalid;
    assign s_axi_wready  = s_axi_awready;
    assign s_axi_arready = !s_axi_rvalid;
    assign s_axi_bresp   = 0;
    assign s_axi_rresp   = 0;

    always @(posedge aclk) begin
        if (!aresetn) begin
            s_axi_bvalid <= 0;
            s_axi_rvalid <= 0;
        end else begin
            s_axi_bvalid <= s_axi_awready || (s_axi_bvalid && !s_axi_bready);
            s_axi_rvalid <= (s_axi_arready && s_axi_arvalid) || (s_axi_rvalid && !s_axi_rready);
            if (s_axi_arready) s_axi_rdata <= s_axi_araddr == 0 ? 32'h53564401 : s_axi_araddr == 4 ? 32'd7 : 32'd0;
        end
    end
endmodule

`default_nettype wire
