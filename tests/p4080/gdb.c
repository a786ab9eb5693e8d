/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The gdb stub's conversation: packets in, answers out; the machine stands still meanwhile.
 */
#define _DEFAULT_SOURCE
#include "gdb.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gdb_remote.h"
#include "step.h"

#define GDB_LOOK 4096 /* instructions between looks at the socket */

struct gdb gdb;

/* --- packets --- */

static int gdb_byte(void)
{
	uint8_t b;

	return read(gdb.fd, &b, 1) == 1 ? b : -1;
}

bool gdb_receive(char *buf, size_t size)
{
	for (;;) {
		size_t n = 0;
		int b;

		while ((b = gdb_byte()) != '$') {
			if (b < 0)
				return false;
		}
		while ((b = gdb_byte()) != '#') {
			if (b < 0)
				return false;
			if (n < size - 1)
				buf[n++] = (char)b;
		}
		buf[n] = 0;
		/* The transport is reliable: the two checksum digits are not worth checking. */
		if (gdb_byte() < 0 || gdb_byte() < 0)
			return false;
		return write(gdb.fd, "+", 1) == 1;
	}
}

void gdb_send(const char *text)
{
	static char out[2 * GDB_PACKET];
	uint8_t sum = 0;

	for (const char *p = text; *p; p++)
		sum = (uint8_t)(sum + *p);
	snprintf(out, sizeof(out), "$%s#%02x", text, sum);
	if (write(gdb.fd, out, strlen(out)) < 0)
		gdb.running = true;
}

bool gdb_interrupted(void)
{
	struct pollfd p = {.fd = gdb.fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0 && gdb_byte() == 3;
}

static void gdb_hex(char *out, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t n = 0; n < len; n++)
		sprintf(out + 2 * n, "%02x", p[n]);
	out[2 * len] = 0;
}

static size_t gdb_unhex(uint8_t *out, const char *hex, size_t max)
{
	size_t n = 0;
	unsigned b;

	while (n < max && sscanf(hex + 2 * n, "%2x", &b) == 1)
		out[n++] = (uint8_t)b;
	return n;
}

/* --- single packets --- */

static void gdb_stop_reply(void)
{
	char out[32];

	snprintf(out, sizeof(out), "T05thread:%x;", gdb.selected->index + 1);
	gdb_send(out);
}

static struct core *gdb_thread(const char *id)
{
	long n = strtol(id, NULL, 16);

	if (n >= 1 && n <= (long)gdb.machine->cfg.cores)
		return gdb.machine->core[n - 1];
	return gdb.selected;
}

static void gdb_memory_packet(const char *p, bool write)
{
	static uint8_t data[GDB_PACKET / 2];
	static char out[GDB_PACKET];
	char *end;
	uint32_t addr = (uint32_t)strtoul(p + 1, &end, 16);
	size_t len = strtoul(end + 1, &end, 16);

	if (len > sizeof(data) - 1) {
		gdb_send("E01");
		return;
	}
	if (write)
		gdb_unhex(data, end + 1, len);
	if (!gdb_memory(gdb.selected, addr, data, len, write)) {
		gdb_send("E0e");
		return;
	}
	if (!write)
		gdb_hex(out, data, len);
	gdb_send(write ? "OK" : out);
}

/* Z0, Z1, z0, z1: all breakpoints are checks, none is code. */
static void gdb_break_packet(const char *p)
{
	uint32_t addr = (uint32_t)strtoul(p + 3, NULL, 16);

	if (p[1] > '1') {
		gdb_send("");
		return;
	}
	if (p[0] == 'Z' && gdb.brk_count < GDB_BREAKS) {
		gdb.brk[gdb.brk_count++] = (struct gdb_break){
			.addr = addr, .space = gdb.space, .lpid = gdb.selected->spr[SPR_LPIDR]};
	} else if (p[0] == 'z') {
		for (unsigned n = 0; n < gdb.brk_count; n++) {
			if (gdb.brk[n].addr != addr)
				continue;
			gdb.brk[n] = gdb.brk[--gdb.brk_count];
			break;
		}
	}
	gdb_send("OK");
}

static void gdb_xml_packet(const char *range)
{
	const char *xml = gdb_target_xml();
	char *end;
	size_t off = strtoul(range, &end, 16);
	size_t len = strtoul(end + 1, NULL, 16);
	size_t total = strlen(xml);
	static char out[GDB_PACKET];

	len = len > GDB_PACKET - 8 ? GDB_PACKET - 8 : len;
	off = off > total ? total : off;
	snprintf(out, sizeof(out), "%c%.*s", off + len < total ? 'm' : 'l', (int)len, xml + off);
	gdb_send(out);
}

static void gdb_monitor_packet(const char *hex)
{
	static char text[GDB_PACKET / 2], out[GDB_PACKET];
	char cmd[256] = "";

	gdb_unhex((uint8_t *)cmd, hex, sizeof(cmd) - 1);
	text[0] = 0;
	gdb_monitor(cmd, text, sizeof(text));
	gdb_hex(out, text, strlen(text));
	gdb_send(out);
}

static void gdb_threads(void)
{
	char out[64] = "m";

	for (unsigned n = 1; n <= gdb.machine->cfg.cores; n++)
		sprintf(out + strlen(out), "%s%x", n > 1 ? "," : "", n);
	gdb_send(out);
}

static void gdb_query(const char *p)
{
	char out[64];

	if (!strncmp(p, "qSupported", 10)) {
		gdb_send("PacketSize=1000;qXfer:features:read+;vContSupported+;swbreak-;hwbreak-");
	} else if (!strncmp(p, "qXfer:features:read:target.xml:", 31)) {
		gdb_xml_packet(p + 31);
	} else if (!strcmp(p, "qfThreadInfo")) {
		gdb_threads();
	} else if (!strcmp(p, "qsThreadInfo")) {
		gdb_send("l");
	} else if (!strcmp(p, "qC")) {
		snprintf(out, sizeof(out), "QC%x", gdb.selected->index + 1);
		gdb_send(out);
	} else if (!strcmp(p, "qAttached")) {
		gdb_send("1");
	} else if (!strncmp(p, "qRcmd,", 6)) {
		gdb_monitor_packet(p + 6);
	} else {
		gdb_send("");
	}
}

static void gdb_step(struct core *c, struct core *here)
{
	gdb.step = c;
	gdb.step_skip = c != here;
	gdb.running = true;
}

/* vCont: a step of one thread, or everything continues. */
static void gdb_continue(const char *p, struct core *here)
{
	const char *step = strstr(p, ";s");

	if (!strcmp(p, "vCont?")) {
		gdb_send("vCont;c;C;s;S");
	} else if (step) {
		gdb_step(step[2] == ':' ? gdb_thread(step + 3) : gdb.selected, here);
	} else if (strstr(p, ";c")) {
		gdb.running = true;
	} else {
		gdb_send("");
	}
}

static void gdb_register_packet(const char *p)
{
	char out[32];
	char *end;
	unsigned n = (unsigned)strtoul(p + 1, &end, 16);
	bool ok = *p == 'p' ? gdb_register(gdb.selected, n, out)
			    : gdb_register_set(gdb.selected, n, strtoull(end + 1, NULL, 16));

	gdb_send(!ok ? "E01" : *p == 'p' ? out : "OK");
}

static void gdb_packet(const char *p, struct core *here)
{
	static char out[GDB_PACKET];

	switch (*p) {
	case '?':
		gdb_stop_reply();
		break;
	case 'g':
		gdb_registers(gdb.selected, out);
		gdb_send(out);
		break;
	case 'G':
		gdb_registers_set(gdb.selected, p + 1);
		gdb_send("OK");
		break;
	case 'p':
	case 'P':
		gdb_register_packet(p);
		break;
	case 'm':
	case 'M':
		gdb_memory_packet(p, *p == 'M');
		break;
	case 'Z':
	case 'z':
		gdb_break_packet(p);
		break;
	case 'H':
		gdb.selected = gdb_thread(p + 2);
		gdb_send("OK");
		break;
	case 'T':
		gdb_send("OK");
		break;
	case 'q':
		gdb_query(p);
		break;
	case 'v':
		gdb_continue(p, here);
		break;
	case 'c':
		gdb.running = true;
		break;
	case 's':
		gdb_step(gdb.selected, here);
		break;
	case 'D':
		gdb_send("OK");
		gdb.running = true;
		step_set_hook(gdb.machine, (struct step_hook){NULL, NULL});
		break;
	case 'k':
		machine_stop(gdb.machine, EXIT_FAIL, "killed by the debugger");
		gdb.running = true;
		break;
	default:
		gdb_send("");
	}
}

/* Stand still and answer until the debugger lets the machine go on. */
static void gdb_talk(struct core *here)
{
	static char packet[GDB_PACKET];

	gdb.step = NULL;
	gdb.running = false;
	while (!gdb.running) {
		if (!gdb_receive(packet, sizeof(packet))) {
			step_set_hook(gdb.machine, (struct step_hook){NULL, NULL});
			return;
		}
		gdb_packet(packet, here);
	}
}

static void gdb_before(void *arg, struct core *c)
{
	bool stop = gdb_at_break(c);

	(void)arg;
	if (gdb.step == c) {
		stop |= !gdb.step_skip;
		gdb.step_skip = 0;
	}
	if (!gdb.countdown--) {
		gdb.countdown = GDB_LOOK;
		stop |= gdb_interrupted();
	}
	if (!stop)
		return;
	gdb.selected = c;
	gdb_stop_reply();
	gdb_talk(c);
}

void gdb_exit(unsigned code)
{
	char out[8];

	if (gdb.fd <= 0)
		return;
	snprintf(out, sizeof(out), "W%02x", code);
	gdb_send(out);
	close(gdb.fd);
}

bool gdb_init(struct machine *m, unsigned port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				   .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int s = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) || listen(s, 1)) {
		perror("facet-p4080: gdb port");
		return false;
	}
	fprintf(stderr, "facet-p4080: waiting for gdb on port %u\n", port);
	gdb.fd = accept(s, NULL, NULL);
	close(s);
	if (gdb.fd < 0)
		return false;
	gdb.machine = m;
	gdb.selected = m->core[0];
	step_set_hook(m, (struct step_hook){gdb_before, NULL});
	gdb_talk(m->core[0]);
	return true;
}
