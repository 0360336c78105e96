`timescale 1ns / 1ps
`default_nettype none

// The core svd_2x2 with one of several faults at its outside, for the test that the cocotb bench sees each of them.
// An output frame has 11 beats: 0 status, 1 to 2 sigma, 3 to 6 U, 7 to 10 V.
module faulty (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire [15:0] s_axis_tdata,
    input  wire        s_axis_tvalid,
    input  wire        s_axis_tlast,
    output wire        s_axis_tready,
    output wire [23:0] m_axis_tdata,
    output wire        m_axis_tvalid,
    output wire        m_axis_tlast,
    output wire [1:0]  m_axis_tuser,
    input  wire        m_axis_tready
);
    localparam FAULT = 0;   // the test writes the number of a fault here

    wire [23:0] data;
    wire        valid;
    wire        last;
    wire [1:0]  user;
    reg         began = 0;         // the first reset is over
    reg  [3:0]  beat = 0;          // number of the beat in its frame
    reg  [7:0]  frames = 0;        // frames since the first reset
    reg  [7:0]  quiet = 0;         // cycles in which nothing was offered
    reg         stalled = 0;       // the beat was already offered in the cycle before
    wire        moves = valid && m_axis_tready;

    always @(posedge aclk) begin
        if (aresetn) began <= 1;
        if (!aresetn) beat <= 0;
        else if (moves) beat <= last ? 0 : beat + 1;
        if (aresetn && moves && last) frames <= frames + 1;
        quiet <= !aresetn || valid ? 0 : quiet + (quiet != 255);
        stalled <= aresetn && valid && !m_axis_tready;
    end

    // 18: a reset that does not reach the core.
    svd_2x2 core (
        .aclk(aclk), .aresetn(FAULT == 18 ? aresetn || began : aresetn),
        .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid), .s_axis_tlast(s_axis_tlast),
        .s_axis_tready(s_axis_tready),
        .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tlast(last), .m_axis_tuser(user),
        .m_axis_tready(m_axis_tready)
    );

    wire good = !(beat == 0 && data[0]);
    assign m_axis_tdata =
        FAULT ==  1 && beat == 1 && data > 99 ? data + 7 :            // sigma is off by 7/16 LSB
        FAULT ==  2 && beat == 2 ? 24'h1fffff :                       // the second value is the larger one
        FAULT ==  3 && beat == 2 ? 24'hffffff :                       // sigma is negative
        FAULT ==  4 && beat == 3 ? data ^ 24'h000040 :                // an element of U is off by 4 / 2^15
        FAULT ==  5 && user == 2 && beat[0] ? -data :                 // the first column of U has the wrong sign
        FAULT ==  6 && user == 2 ? data ^ 24'h800000 :                // padding is not the sign
        FAULT ==  7 && user == 3 && beat == 7 ? data ^ 24'h000040 :   // an element of V is off by 4 / 2^15
        FAULT == 11 && beat == 0 && good ? data | 24'h000002 :        // status: overflow
        FAULT == 12 && beat == 0 && good ? data | 24'h000020 :        // status: a bit that has no meaning
        FAULT == 13 && beat == 0 && good ? data - 24'h010000 :        // status: wrong block exponent
        FAULT == 14 && beat == 0 ? data & 24'hfffffe :                // status: no frame is bad
        FAULT == 15 && beat == 0 && good ? data | 24'h00ff00 :        // status: too many sweeps
        FAULT == 16 && stalled ? data ^ 24'h000001 :                  // data changes while it waits
        FAULT == 17 && beat == 5 ? 24'hx :                            // unknown bits
        FAULT == 21 && !valid ? 24'h000001 :
        FAULT == 22 && beat == 1 ? data ^ frames[0] :                 // the same matrix, another last bit
        data;
    assign m_axis_tuser =
        FAULT ==  8 && beat == 2 || FAULT == 21 && !valid ? 0 :       // wrong section
        user;
    assign m_axis_tlast =
        FAULT ==  9 ? last || beat == 9 :                             // tlast early
        FAULT == 10 ? last && frames != 2 :                           // tlast missing, once
        last || (FAULT == 21 && !valid);
    assign m_axis_tvalid =
        FAULT == 19 ? valid && !(stalled && quiet == 0 && frames[0]) :  // an offer is withdrawn
        FAULT == 20 ? valid && frames < 3 :                           // no more answers
        FAULT == 21 ? valid || (quiet == 95 && frames == 4) :                        // a beat that belongs to no frame
        FAULT == 23 ? valid || (began && !aresetn) :                  // an offer during a reset
        valid;
endmodule

`default_nettype wire
