// Runs the beats of beats.txt (element, tlast) through the core, source and sink never stalling; prints the cycles, the
// FNV-1a hash of all output beats, and the seconds that the loop took.
#include "VTOP.h"
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

int main() {
    struct Beat { long long data; int last; };
    std::vector<Beat> beats;
    std::size_t frames = 0;
    std::ifstream file("beats.txt");
    for (Beat beat; file >> beat.data >> beat.last; frames += beat.last) beats.push_back(beat);

    const auto context = std::make_unique<VerilatedContext>();
    const auto core = std::make_unique<VTOP>(context.get());
    const auto clock = [&] {
        core->aclk = 0;
        core->eval();
        core->aclk = 1;
        core->eval();
    };
    core->aresetn = 0;
    core->s_axis_tvalid = 0;
    core->m_axis_tready = 0;
    for (int cycle = 0; cycle < 4; ++cycle) clock();
    core->aresetn = 1;

    std::uint64_t hash = 0xcbf29ce484222325u, cycle = 0;
    const auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3u; };
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t next = 0, done = 0; done < frames; ++cycle) {
        const bool offered = next < beats.size();
        core->s_axis_tvalid = offered;
        if (offered) {
            core->s_axis_tdata = beats[next].data;
            core->s_axis_tlast = beats[next].last;
        }
        core->m_axis_tready = 1;
        if (offered && core->s_axis_tready) ++next;
        if (core->m_axis_tvalid) {
            mix(cycle);
            mix(core->m_axis_tdata);
            mix(core->m_axis_tuser);
            mix(core->m_axis_tlast);
            done += core->m_axis_tlast;
        }
        clock();
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%llu %llx %.9f\n", (unsigned long long)cycle, (unsigned long long)hash, seconds.count());
}
