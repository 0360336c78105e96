{{opening}}//
// {{name}}_tb
//   Self-checking testbench. The stimulus is a list of beats with a rhythm of stalls; the result is compared, beat for
//   beat and cycle for cycle, with what svdforge's simulator saw.
{{shortened}}//
// Run it inside this folder:
//     $ iverilog -g2005 -o sim -c {{name}}.f {{name}}_tb.v && vvp -n sim
//     $ verilator --binary --timing --top-module {{name}}_tb -f {{name}}.f {{name}}_tb.v && obj_dir/V{{name}}_tb
// Or anywhere, with DIR for this folder:
//     $ iverilog -g2005 -y DIR -o sim DIR/{{name}}_tb.v && vvp -n sim +data=DIR
//     $ verilator --binary --timing --top-module {{name}}_tb -F DIR/{{name}}.f DIR/{{name}}_tb.v && obj_dir/V{{name}}_tb +data=DIR
// One line, PASS or FAIL, tells the result, and so does the exit status: 0 or not.
//
//     +vcd=FILE      write waves (Verilator: build with --trace); {{name}}_tb.gtkw shows them in GTKWave
//     +record=FILE   write every beat that moves: `i cycle number`, `o cycle tuser tlast {{data}}`
//     +data=DIR      where the data files are, if the simulation does not run inside this folder
//     +unchecked     compare nothing; stop when every frame that was taken has been answered
//
// Data files (cycles decimal, tlast binary, all else hexadecimal; the first line is a heading):
//     {{name}}_stimulus.hex   input beats: tlast {{data}}
//     {{name}}_stalls.hex     per cycle, again from the start at the end: source may offer, sink takes
//     {{name}}_resets.hex     resets during the run, usually none: first cycle, length
//     {{name}}_accepted.hex   cycle in which each input beat is taken
//     {{name}}_expected.hex   output beats: cycle tuser tlast {{data}}

`timescale 1ns / 1ps
`default_nettype none

module {{name}}_tb;
{{rank_parameter}}    localparam INPUT_BITS   = {{input_bits}};
    localparam OUTPUT_BITS  = {{output_bits}};
    localparam USER_BITS    = {{user_bits}};
    localparam RESET_CYCLES = {{reset_cycles}};
    localparam QUIET        = 32;   // cycles watched after the last beat: nothing may follow
    localparam PATIENCE     = {{patience}};   // cycles without a beat after which the core counts as stuck

{{rank_variable}}    // Cycle 0 is the first one after the reset at the beginning.
    reg signed [63:0] cycle;
    reg               finished;

    reg                    aclk;
    reg                    aresetn;
    reg  [INPUT_BITS-1:0]  s_axis_{{payload}};
    reg                    s_axis_tvalid;
    wire                   s_axis_tready;
    reg                    s_axis_tlast;
    wire [OUTPUT_BITS-1:0] m_axis_{{payload}};
    wire                   m_axis_tvalid;
    reg                    m_axis_tready;
    wire                   m_axis_tlast;
    wire [USER_BITS-1:0]   m_axis_tuser;
{{register_wires}}
    {{name}} core (
{{connections}}
    );

    always #5 aclk = !aclk;

    // ------------------------------------------------------------------ Lists in files
    // Each list has its next entry here, and a flag: there is one.

    integer stimulus_file, stalls_file, resets_file, accepted_file, expected_file;
    integer record_file;
    reg     checking;

    reg                   stimulus_left;
    integer               stimulus_number;   // of the beat in its file, from 0
    reg                   stimulus_last;
    reg [INPUT_BITS-1:0]  stimulus_data;
    reg                   stall_left;
    reg                   source_goes, sink_goes;
    reg                   reset_left;
    reg signed [63:0]     reset_start, reset_length;
    reg                   accepted_left;
    reg signed [63:0]     accepted_cycle;
    reg                   expected_left;
    reg signed [63:0]     expected_cycle;
    reg [USER_BITS-1:0]   expected_user;
    reg                   expected_last;
    reg [OUTPUT_BITS-1:0] expected_data;

    integer         fields;   // that the last read found
    reg [8*256-1:0] text;     // a heading, or the value of a plusarg

    reg [8*1024-1:0] folder;  // of the data files
    reg [8*1200-1:0] path;    // of one of them

    task open_data(input [8*64-1:0] name, output integer file);
        begin
            $sformat(path, "%0s/%0s", folder, name);
            file = $fopen(path, "r");
        end
    endtask

    task next_stimulus;
        begin
            fields = $fscanf(stimulus_file, "%b %h\n", stimulus_last, stimulus_data);
            stimulus_left = fields == 2;
            stimulus_number = stimulus_number + 1;
            if (fields < 2) check_end_of(stimulus_file);
        end
    endtask

    task next_stall;
        begin
            fields = $fscanf(stalls_file, "%b %b\n", source_goes, sink_goes);
            stall_left = fields == 2;
            if (fields < 2) check_end_of(stalls_file);
        end
    endtask

    task next_reset;
        begin
            fields = $fscanf(resets_file, "%d %d\n", reset_start, reset_length);
            reset_left = fields == 2;
            if (fields < 2) check_end_of(resets_file);
        end
    endtask

    task next_accepted;
        begin
            fields = $fscanf(accepted_file, "%d\n", accepted_cycle);
            accepted_left = fields == 1;
            if (fields < 1) check_end_of(accepted_file);
        end
    endtask

    task next_expected;
        begin
            fields = $fscanf(expected_file, "%d %h %b %h\n",
                             expected_cycle, expected_user, expected_last, expected_data);
            expected_left = fields == 4;
{{rank_counted}}            if (fields < 4) check_end_of(expected_file);
        end
    endtask

    // A read that found too little is all right only at the end of the file.
    task check_end_of(input integer file);
        if ((fields > 0 || $feof(file) == 0) && !finished) begin
            $display("FAIL: a data file has a line that cannot be read, before cycle %0d", cycle);
            give_up;
        end
    endtask

    task skip_heading(input integer file);
        if (file == 0) begin
            if (!finished) begin
                $display("FAIL: a data file cannot be opened; run inside the folder of the export, or say with +data=DIR where it is");
                give_up;
            end
        end else begin
            fields = $fgets(text, file);
        end
    endtask

    // ------------------------------------------------------------------ State

    reg     offering;       // a beat once offered stays until it is taken
    reg     within_frame;   // beats of the current input frame have been taken
    integer unanswered;     // whole input frames taken whose result is not complete
    integer silence;        // cycles since the last beat
    integer quiet;          // cycles since everything was done
    integer input_beats, output_beats, frames;

{{place_variables}}    reg                   waiting;   // an output beat was not taken in the cycle before
    reg [OUTPUT_BITS+USER_BITS:0] held;   // that beat

    initial begin
        cycle = -RESET_CYCLES;
        {finished, aclk, aresetn, s_axis_{{payload}}, s_axis_tvalid, s_axis_tlast, m_axis_tready} = 0;
        {offering, within_frame, waiting, held{{place_names}}} = 0;
        {unanswered, silence, quiet, input_beats, output_beats, frames} = 0;

        record_file = 0;
        if ($value$plusargs("record=%s", text)) record_file = $fopen(text, "w");
        if ($value$plusargs("vcd=%s", text)) begin
            $dumpfile(text);
            $dumpvars(0, {{name}}_tb);
        end
        checking = !$test$plusargs("unchecked");
        if (!$value$plusargs("data=%s", folder)) folder = ".";
        open_data("{{name}}_stimulus.hex", stimulus_file);
        open_data("{{name}}_stalls.hex", stalls_file);
        open_data("{{name}}_resets.hex", resets_file);
        skip_heading(stimulus_file);
        skip_heading(stalls_file);
        skip_heading(resets_file);
        stimulus_number = -1;
        if (!finished) begin
            next_stimulus;
            next_reset;
        end
        accepted_left = 0;
        expected_left = 0;
        if (checking) begin
            open_data("{{name}}_accepted.hex", accepted_file);
            open_data("{{name}}_expected.hex", expected_file);
            skip_heading(accepted_file);
            skip_heading(expected_file);
            if (!finished) begin
                next_accepted;
                next_expected;
            end
        end
    end

    // ------------------------------------------------------------------ One cycle after the other
    // At each edge: what moved in the cycle that ends, then the inputs of the next one. They are assigned with `<=`, so
    // that they change after the edge and nothing races.

    always @(posedge aclk) begin
        end_cycle;
        start_cycle;
    end

    task end_cycle;
        if (aresetn && !finished) begin
            silence = silence + 1;
            check_rules;
            if (s_axis_tvalid && s_axis_tready === 1'b1) input_beat;
            if (m_axis_tready && m_axis_tvalid === 1'b1) output_beat;
            if (checking) check_missing;
            check_done;
        end
    endtask

    task start_cycle;
        if (!finished) begin
            cycle = cycle + 1;
            if (cycle >= 0) begin
                next_stall;
                if (!stall_left) begin
                    fields = $rewind(stalls_file);
                    skip_heading(stalls_file);
                    next_stall;
                end
            end
            while (reset_left && cycle >= reset_start + reset_length) next_reset;
            if (cycle < 0 || (reset_left && cycle >= reset_start)) begin
                // The source gives up the frame it is in; what the core had taken is lost.
                aresetn <= 0;
                s_axis_tvalid <= 0;
                m_axis_tready <= 0;
                while (within_frame && stimulus_left) begin
                    within_frame = !stimulus_last;
                    next_stimulus;
                end
                within_frame = 0;
                offering = 0;
                unanswered = 0;
                silence = 0;
                waiting = 0;
            end else begin
                aresetn <= 1;
                offering = offering || source_goes;
                // Data is unknown while nothing is offered: the core must not look at it.
                s_axis_tvalid <= offering && stimulus_left;
                s_axis_{{payload}} <= offering && stimulus_left ? stimulus_data : {INPUT_BITS{1'bx}};
                s_axis_tlast <= offering && stimulus_left ? stimulus_last : 1'bx;
                m_axis_tready <= sink_goes;
            end
        end
    endtask

    task input_beat;
        begin
            if (record_file != 0) $fdisplay(record_file, "i %0d %0d", cycle, stimulus_number);
            if (checking && !finished) begin
                if (!accepted_left || accepted_cycle != cycle) begin
                    $write("FAIL: input beat %0d is taken in cycle %0d, ", input_beats, cycle);
                    if (accepted_left) $display("expected in cycle %0d", accepted_cycle);
                    else $display("expected not at all");
                    give_up;
                end
                next_accepted;
            end
            within_frame = !stimulus_last;
            if (stimulus_last) unanswered = unanswered + 1;
            offering = 0;
            silence = 0;
            input_beats = input_beats + 1;
            next_stimulus;
        end
    endtask

    // ------------------------------------------------------------------ Checks

{{write_place}}
    task output_beat;
        begin
            if (record_file != 0)
                $fdisplay(record_file, "o %0d %h %b %h", cycle, m_axis_tuser, m_axis_tlast, m_axis_{{payload}});
            if (checking && !finished) begin
{{next_place}}                if (!expected_left) begin
                    $display("FAIL: cycle %0d: output beat %0d comes, expected none: tuser %h, tlast %b, {{data}} %h",
                             cycle, output_beats, m_axis_tuser, m_axis_tlast, m_axis_{{payload}});
                    give_up;
                end else if (expected_cycle != cycle || m_axis_tuser !== expected_user ||
                             m_axis_tlast !== expected_last || m_axis_{{payload}} !== expected_data) begin
                    $write("FAIL: cycle %0d: ", cycle);
                    write_place;
                    if (expected_cycle != cycle) $display(" comes now, expected in cycle %0d", expected_cycle);
                    else if (m_axis_tuser !== expected_user)
                        $display(": tuser is %h, expected %h", m_axis_tuser, expected_user);
                    else if (m_axis_tlast !== expected_last)
                        $display(": tlast is %b, expected %b", m_axis_tlast, expected_last);
                    else $display(": {{data}} is %h, expected %h", m_axis_{{payload}}, expected_data);
                    give_up;
                end
                next_expected;
            end
            if (m_axis_tlast === 1'b1) begin
                frames = frames + 1;
                if (unanswered > 0) unanswered = unanswered - 1;
            end
            silence = 0;
            output_beats = output_beats + 1;
        end
    endtask

    // Beats that are due and did not come.
    task check_missing;
        begin
            if (accepted_left && accepted_cycle <= cycle && !finished) begin
                $display("FAIL: cycle %0d: input beat %0d is not taken, expected in cycle %0d",
                         cycle, input_beats, accepted_cycle);
                give_up;
            end
            if (expected_left && expected_cycle <= cycle && !finished) begin
{{missing_place}}                $write("FAIL: cycle %0d: ", cycle);
                write_place;
                $display(" does not come, expected in cycle %0d", expected_cycle);
                give_up;
            end
        end
    endtask

    // AXI4-Stream: a beat that waits stays as it is; the handshake is never unknown.
    task check_rules;
        begin
            if ((s_axis_tready !== 1'b0 && s_axis_tready !== 1'b1) ||
                (m_axis_tvalid !== 1'b0 && m_axis_tvalid !== 1'b1)) begin
                $display("FAIL: cycle %0d: the handshake is unknown: s_axis_tready %b, m_axis_tvalid %b",
                         cycle, s_axis_tready, m_axis_tvalid);
                give_up;
            end else if (waiting && m_axis_tvalid !== 1'b1) begin
                $display("FAIL: cycle %0d: m_axis_tvalid falls before the beat was taken", cycle);
                give_up;
            end else if (waiting && {m_axis_{{payload}}, m_axis_tuser, m_axis_tlast} !== held) begin
                $display("FAIL: cycle %0d: a beat changes while it waits: {{data}}, tuser, tlast are %h %h %b, were %h %h %b",
                         cycle, m_axis_{{payload}}, m_axis_tuser, m_axis_tlast,
                         held[OUTPUT_BITS+USER_BITS:USER_BITS+1], held[USER_BITS:1], held[0]);
                give_up;
            end
            waiting = m_axis_tvalid === 1'b1 && !m_axis_tready;
            held = {m_axis_{{payload}}, m_axis_tuser, m_axis_tlast};
        end
    endtask

    task check_done;
        if (!finished) begin
            if (checking ? accepted_left || expected_left : stimulus_left || unanswered > 0) begin
                quiet = 0;
                if (silence > PATIENCE) begin
                    $display("FAIL: cycle %0d: no beat has moved for %0d cycles; the core is stuck", cycle, silence);
                    give_up;
                end
            end else begin
                quiet = quiet + 1;
                if (quiet > QUIET) begin
                    if (checking) $write("PASS: ");
                    else $write("DONE, nothing was compared: ");
                    $display("%0d frames, %0d input beats, %0d output beats, %0d cycles",
                             frames, input_beats, output_beats, cycle - QUIET);
                    finished = 1;
                    if (record_file != 0) $fclose(record_file);
                    $finish(0);
                end
            end
        end
    endtask

    // After a line that begins with FAIL: ends the simulation with an exit status other than 0.
    task give_up;
        begin
            finished = 1;
            if (record_file != 0) $fclose(record_file);
`ifdef __ICARUS__
            $finish_and_return(1);
`else
`ifdef VERILATOR
            $fatal(1);
`else
            $stop;   // Verilog-2005 knows no exit status
`endif
`endif
        end
    endtask
endmodule

`default_nettype wire
