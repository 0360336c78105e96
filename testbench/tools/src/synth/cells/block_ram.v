// A block RAM of UNITS words of 9 bits, each a byte and its parity, with two ports. Both have the same clock, unless
// the clock of a port that is not used stands still.
//
// A port of width 9, 18, 36 or 72 reads and writes 1, 2, 4 or 8 units side by side, and one of width 1, 2 or 4 a part
// of a byte. Addresses count the bits of bytes; the lowest ones, which lie inside a word of the port, do not matter.
// What a port reads in a cycle in which the other one writes it is unknown.
module svdforge_block_ram #(
    parameter UNITS = 2048,
    parameter READ_FIRST_A = 1,
    parameter READ_FIRST_B = 1,
    parameter READ_A = 9,
    parameter READ_B = 9,
    parameter WRITE_A = 9,
    parameter WRITE_B = 9
) (
    input clock_a,
    input clock_b,
    input enable_a,
    input enable_b,
    input [15:0] address_a,
    input [15:0] address_b,
    input [7:0] write_a, // a bit for each unit
    input [7:0] write_b,
    input [71:0] data_a,
    input [71:0] data_b,
    output reg [71:0] read_a,
    output reg [71:0] read_b
);
    reg [8:0] memory[0:UNITS - 1];

    // The number of units of a port's words, and the number of bits that it takes of each.
    localparam READS_A = READ_A < 9 ? 1 : READ_A / 9, READS_B = READ_B < 9 ? 1 : READ_B / 9;
    localparam WRITES_A = WRITE_A < 9 ? 1 : WRITE_A / 9, WRITES_B = WRITE_B < 9 ? 1 : WRITE_B / 9;
    localparam PART_A = WRITE_A < 9 ? WRITE_A : 9, PART_B = WRITE_B < 9 ? WRITE_B : 9;

    // The first unit of the word at an address, and the lowest bit that is taken of it.
    wire [12:0] from_a = address_a[15:3] & ~(READS_A - 1), from_b = address_b[15:3] & ~(READS_B - 1);
    wire [12:0] to_a = address_a[15:3] & ~(WRITES_A - 1), to_b = address_b[15:3] & ~(WRITES_B - 1);
    wire [2:0] read_low_a = READ_A < 9 ? address_a[2:0] & ~(READ_A - 1) : 0;
    wire [2:0] read_low_b = READ_B < 9 ? address_b[2:0] & ~(READ_B - 1) : 0;
    wire [2:0] write_low_a = WRITE_A < 9 ? address_a[2:0] & ~(WRITE_A - 1) : 0;
    wire [2:0] write_low_b = WRITE_B < 9 ? address_b[2:0] & ~(WRITE_B - 1) : 0;

    integer i, j, k, l;
    reg [71:0] found_a, found_b;
    always @(posedge clock_a) begin
        for (i = 0; i < READS_A; i = i + 1) begin
            found_a[9 * i +: 9] = memory[from_a + i] >> read_low_a;
            for (j = 0; j < WRITES_B; j = j + 1)
                if (enable_b && write_b[j] && to_b + j == from_a + i) found_a[9 * i +: 9] = 9'bx;
        end
        if (enable_a) read_a <= |write_a && !READ_FIRST_A ? {72{1'bx}} : found_a;
        for (j = 0; j < WRITES_A; j = j + 1)
            if (enable_a && write_a[j]) memory[to_a + j][write_low_a +: PART_A] <= data_a[9 * j +: PART_A];
    end
    always @(posedge clock_b) begin
        for (k = 0; k < READS_B; k = k + 1) begin
            found_b[9 * k +: 9] = memory[from_b + k] >> read_low_b;
            for (l = 0; l < WRITES_A; l = l + 1)
                if (enable_a && write_a[l] && to_a + l == from_b + k) found_b[9 * k +: 9] = 9'bx;
        end
        if (enable_b) read_b <= |write_b && !READ_FIRST_B ? {72{1'bx}} : found_b;
        for (l = 0; l < WRITES_B; l = l + 1)
            if (enable_b && write_b[l]) memory[to_b + l][write_low_b +: PART_B] <= data_b[9 * l +: PART_B];
    end
endmodule
