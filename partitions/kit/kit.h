/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the parts of the kit: what programs have no use for. */
/* boot CPU, unless it says otherwise */
#ifndef KIT_KIT_H
#define KIT_KIT_H

#include "facet/facet.h"

/* From crt0: boot CPU after relocation and zeroed .bss, MMU on. Does not return. */
void kit_start(const void *tree) __attribute__((noreturn));
/* From crt0: any other CPU after cpu_start(). */
void kit_secondary(unsigned int cpu) __attribute__((noreturn));

/* Ends the partition; sleeps where that is refused. */
void kit_halt(void) __attribute__((noreturn));
/* Any CPU, any context: a line, then the end. The code it stands in may be inside printf(). */
void kit_panic(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

int main(void);
void entry_hook(void); /* weak: before the kit has touched any device */

void con_init(void);
void con_write(const char *bytes, size_t n);

/* One UART register interface: pl011.c or ns16550.c, chosen by `compatible`. */
struct con_uart {
	const char *compatible;
	void (*init)(uint64_t regs);
	void (*putc)(uint64_t regs, char c);
	int (*getc)(uint64_t regs);
	void (*irq_enable)(uint64_t regs, bool on);
};
extern const struct con_uart con_pl011;
extern const struct con_uart con_ns16550;

/* Architecture. */
void irq_init(void);		 /* boot CPU: the controller */
void irq_cpu_init(void);	 /* each CPU: its own part, then unmask */
void irq_dispatch(uint32_t irq); /* any CPU, interrupt context: calls the handler */
uint32_t irq_cells(const uint32_t *cells,
		   unsigned int n); /* specifier (big-endian cells) -> number */
unsigned int irq_cell_count(void);
void irq_line_on(uint32_t irq, bool on);
void cpu_init(void); /* boot CPU: CPUs found in the tree, firmware conduit */
/* The up to 16 bytes of a channel call in argument or result registers. */
void hcall_pack(uint64_t *regs, const void *bytes, unsigned int n);
void hcall_unpack(void *bytes, const uint64_t *regs, unsigned int n);
bool trap_guarded(uint64_t syndrome, uint64_t addr, uint64_t pc); /* a guarded access faulted */

#endif
