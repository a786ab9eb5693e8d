/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of the gdb remote protocol over a socket, and the state the two halves of the stub share.
 */
#ifndef P4080_GDB_REMOTE_H
#define P4080_GDB_REMOTE_H

#include "machine.h"

#define GDB_PACKET 8192
#define GDB_BREAKS 64

/* Which addresses the debugger means (monitor space ...). */
enum gdb_space { GDB_CURRENT, GDB_GUEST, GDB_HYPERVISOR, GDB_PHYSICAL };

struct gdb_break {
	uint32_t addr;
	enum gdb_space space;
	uint32_t lpid;
};

struct gdb {
	struct machine *machine;
	int fd;
	bool running;
	struct core *selected; /* H packets */
	enum gdb_space space;
	struct gdb_break brk[GDB_BREAKS];
	unsigned brk_count;
	struct core *step;  /* stop before this core's next instruction */
	unsigned step_skip; /* ... after letting it execute this many */
	unsigned countdown; /* instructions until the socket is looked at */
};

extern struct gdb gdb;

/* Next packet into buf (NUL-terminated); false when the connection is gone. */
bool gdb_receive(char *buf, size_t size);
void gdb_send(const char *text);
/* Has the debugger sent something (an interrupt) while the machine ran? */
bool gdb_interrupted(void);

/* --- what packets ask about the machine (gdb_target.c) --- */
void gdb_registers(const struct core *c, char *out);
void gdb_registers_set(struct core *c, const char *hex);
bool gdb_register(const struct core *c, unsigned n, char *out);
bool gdb_register_set(struct core *c, unsigned n, uint64_t v);
bool gdb_memory(struct core *c, uint32_t addr, void *buf, size_t len, bool write);
void gdb_monitor(const char *cmd, char *out, size_t size);
const char *gdb_target_xml(void);
/* Does this core stand at a breakpoint? */
bool gdb_at_break(struct core *c);

#endif
