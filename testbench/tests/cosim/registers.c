/* Drives a core through its registers, as a program without an operating system would. The bus is a process on the
   other end of standard input and output, which simulates the core. A check that fails ends the program. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned long ask(const char *request, unsigned long a, unsigned long b)
{
    unsigned long answer;
    printf("%s %lu %lu\n", request, a, b);
    fflush(stdout);
    if (scanf("%lu", &answer) != 1)
        exit(2);
    return answer;
}

#define SVD_READ32(address) ((uint32_t)ask("read", (unsigned long)(address), 0))
#define SVD_WRITE32(address, value) ((void)ask("write", (unsigned long)(address), (unsigned long)(value)))
#include "svd_registers.h"

#define FIELD(base, register, field) \
    svd_field(base, SVD_##register##_OFFSET, SVD_##register##_##field##_MASK, SVD_##register##_##field##_SHIFT)

static void check(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "this does not hold: %s\n", what);
        exit(1);
    }
}
#define CHECK(condition) check(condition, #condition)

int main(void)
{
    const uintptr_t base = 0;
    int polls;

    CHECK(svd_read(base, SVD_ID_OFFSET) == SVD_ID_RESET);
    CHECK(FIELD(base, SIZE, ROWS) == 4 && FIELD(base, SIZE, COLS) == 3);
    CHECK(FIELD(base, ELEMENT, WORD) == 16 && FIELD(base, ELEMENT, FRAC) == 15);
    CHECK(FIELD(base, OPTIONS, ANY_SIZE) == 1 && FIELD(base, OPTIONS, HAS_U) == 1);
    CHECK(FIELD(base, STATE, BUSY) == 0);
    CHECK(svd_read(base, 0xfc) == 0);
    svd_write(base, SVD_ID_OFFSET, 1);
    CHECK(svd_read(base, SVD_ID_OFFSET) == SVD_ID_RESET);

    /* A matrix whose size the frame announces. */
    ask("frame", 4, 3);
    for (polls = 0; FIELD(base, FRAMES, COUNT) == 0; polls++)
        CHECK(polls < 1000);
    CHECK(ask("irq", 0, 0) == 0);

    /* A smaller one, whose size stands in a register. */
    svd_write(base, SVD_INTERRUPT_STATUS_OFFSET, 0xffffffffu);
    svd_write(base, SVD_INTERRUPT_ENABLE_OFFSET, SVD_INTERRUPT_ENABLE_FRAME_DONE_MASK);
    svd_write(base, SVD_FRAME_SIZE_OFFSET, 2u << SVD_FRAME_SIZE_ROWS_SHIFT | 3u << SVD_FRAME_SIZE_COLS_SHIFT);
    svd_write(base, SVD_CONTROL_OFFSET, SVD_CONTROL_SIZE_FROM_REGISTER_MASK);
    CHECK(svd_read(base, SVD_CONTROL_OFFSET) == SVD_CONTROL_SIZE_FROM_REGISTER_MASK);
    ask("matrix", 2, 3);
    for (polls = 0; ask("irq", 0, 0) == 0; polls++)
        CHECK(polls < 1000);
    CHECK(FIELD(base, LAST_STATUS, BAD_FRAME) == 0 && FIELD(base, LAST_STATUS, SWEEPS) > 0);
    CHECK(FIELD(base, INTERRUPT_STATUS, FRAME_DONE) == 1);
    svd_write(base, SVD_INTERRUPT_STATUS_OFFSET, SVD_INTERRUPT_STATUS_FRAME_DONE_MASK);
    CHECK(svd_read(base, SVD_INTERRUPT_STATUS_OFFSET) == 0 && ask("irq", 0, 0) == 0);
    CHECK(FIELD(base, FRAMES, COUNT) == 2 && FIELD(base, BAD_FRAMES, COUNT) == 0);
    CHECK(FIELD(base, BUSY_CYCLES, COUNT) > 0);
    CHECK(FIELD(base, BUSY_CYCLES, COUNT) < FIELD(base, CYCLES, COUNT));

    /* A size that the core does not take makes the frame bad. */
    svd_write(base, SVD_INTERRUPT_ENABLE_OFFSET, SVD_INTERRUPT_ENABLE_BAD_FRAME_MASK);
    svd_write(base, SVD_FRAME_SIZE_OFFSET, 5u << SVD_FRAME_SIZE_ROWS_SHIFT | 3u << SVD_FRAME_SIZE_COLS_SHIFT);
    ask("matrix", 4, 3);
    for (polls = 0; ask("irq", 0, 0) == 0; polls++)
        CHECK(polls < 1000);
    CHECK(FIELD(base, LAST_STATUS, BAD_FRAME) == 1 && FIELD(base, BAD_FRAMES, COUNT) == 1);
    CHECK(FIELD(base, FRAMES, COUNT) == 3);

    svd_write(base, SVD_CONTROL_OFFSET, SVD_CONTROL_CLEAR_MASK);
    CHECK(FIELD(base, FRAMES, COUNT) == 0 && FIELD(base, SWEEPS, COUNT) == 0 && FIELD(base, CYCLES, COUNT) < 10);
    CHECK(svd_read(base, SVD_CONTROL_OFFSET) == 0);
    ask("done", 0, 0);
    return 0;
}
