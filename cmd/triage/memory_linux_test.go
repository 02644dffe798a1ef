package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"triage/cmd/triage/console"
)

// realBinary is the real command, built once: a test's own has other packages in it.
var realBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "triage-binary-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "triage")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is released
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// ran is what became of a run of the real command, and what it took at most.
type ran struct {
	code           int
	stdout, stderr string
	took
}

// took is what a process takes at most, in bytes.
type took struct {
	Resident int64 // in memory
	Address  int64 // addresses
	Data     int64 // what it may write to
}

// of is what a limit of prlimit, or --memory, bounds.
func (p took) of(limit string) int64 {
	switch limit {
	case "--as":
		return p.Address
	case "--data":
		return p.Data
	default:
		return p.Resident
	}
}

// runBinary runs the real command, under a limit if there is one: `prlimit --data=N`.
func runBinary(t *testing.T, args []string, limit ...string) ran {
	t.Helper()
	path, err := realBinary()
	if err != nil {
		t.Fatal(err)
	}
	figures := filepath.Join(t.TempDir(), "figures")
	cmd := exec.CommandContext(t.Context(), "measured", append(append(append([]string{figures}, limit...), path), args...)...)
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=", "GOGC=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r := ran{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	text, err := os.ReadFile(figures)
	if err := errors.Join(err, json.Unmarshal(text, &r.took)); err != nil {
		t.Fatal(err)
	}
	return r
}

// measuring are the commands that measure memory.
func measuring() map[string]func() { return map[string]func(){"measured": measured} }

// measured is a command of its own: `measured FIGURES COMMAND…` runs a command and writes what it took. The kernel counts
// what its parent has in memory as the child's, so that a test, which has much, cannot be the parent.
func measured() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "measured:", err)
		os.Exit(125)
	}
	var took took
	done := make(chan struct{})
	var look sync.WaitGroup
	look.Go(func() {
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			took.look(cmd.Process.Pid)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	_ = cmd.Wait() // its exit code says it
	close(done)
	look.Wait()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		took.Resident = usage.Maxrss << 10
	}
	text, _ := json.Marshal(took) // numbers only
	if err := os.WriteFile(os.Args[1], text, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "measured:", err)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// look notes what the kernel says of a process now.
func (p *took) look(pid int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may have ended
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		kilobytes, _ := strconv.ParseInt(words[1], 10, 64) // 0 for lines of other fields
		switch words[0] {
		case "VmPeak:":
			p.Address = max(p.Address, kilobytes<<10)
		case "VmData:":
			p.Data = max(p.Data, kilobytes<<10)
		}
	}
}

// hostile is an input that is made to cost more memory than its size.
type hostile struct {
	name  string
	quick bool // also in the short run
	large bool // beyond the bound of the others at the start, see largeAtStart
	size  int  // about how many bytes it decodes to, or rows
	write func(w io.Writer, size int)
}

const (
	traceHeader = "Received,SenderAddress,RecipientAddress\n"
	auditRecord = `{"CreationTime":"2026-03-01T10:00:%02d","Id":"%x","Operation":"%s","UserId":"%s","Workload":"Exchange"%s}` + "\n"
)

// hostiles are inputs of every shape by which a small one took much memory.
func hostiles() []hostile {
	rows := func(header, format string, args func(i int) []any) func(io.Writer, int) {
		return func(w io.Writer, size int) {
			n, _ := io.WriteString(w, header)
			for i := 0; n < size; i++ {
				more, _ := fmt.Fprintf(w, format, args(i)...)
				n += more
			}
		}
	}
	audit := func(operation, user, more string) func(io.Writer, int) {
		return rows("", auditRecord, func(i int) []any {
			fill := func(s string) string {
				return strings.ReplaceAll(strings.ReplaceAll(s, "##", strconv.Itoa(i/5)), "#", strconv.Itoa(i))
			}
			return []any{i % 60, i, operation, fill(user), fill(more)}
		})
	}
	none := func(int) []any { return nil }
	at := func(i int) []any { return []any{time.Unix(1.4e9+int64(i), 0).UTC().Format(time.RFC3339)} }
	first := fmt.Sprintf(auditRecord, 0, 1, "A", "u", "")
	ids := func(i int) []any {
		var list []string
		for k := range 500 {
			list = append(list, fmt.Sprintf(`{"InternetMessageId":"<%x>"}`, i*500+k))
		}
		return []any{i % 60, i, "MailItemsAccessed", "u@contoso.com", `,"Folders":[{"FolderItems":[` + strings.Join(list, ",") + "]}]"}
	}
	return []hostile{
		{"short rows, all skipped", true, false, 4e6, rows(header, "a\n", none)},
		{"short rows, all read", true, false, 4e6, rows(header, "%s,Web,Logon,,,,\n", at)},
		{"very many short rows, all read", false, true, 60e6, rows(header, "%s,Web,Logon,,,,\n", at)},
		{"short traces", false, true, 8e6, rows(strings.TrimSpace(traceHeader)+",MessageId\n", "%s,a,%d,<%x>\n", func(i int) []any {
			return append(at(i), i%100, i)
		})},
		{"one record again and again", false, false, 4e6, rows("", first, none)},
		{"few rows in each of many mailboxes", false, false, 8e6, audit("MailItemsAccessed", "u##@contoso.com", "")},
		{"a usual record in each of many mailboxes", false, true, 40e6, rows("", auditRecord, func(i int) []any {
			return []any{i % 60, i, "MailItemsAccessed", fmt.Sprintf("user%d@contoso.com", i), address(i) + usual}
		})},
		{"a new program at each logon", false, false, 8e6, audit("UserLoggedIn", "u@contoso.com", `,"ClientIP":"198.51.100.7","ExtendedProperties":[{"Name":"UserAgent","Value":"a#"}]`)},
		{"a new parameter in each record", false, false, 4e6, audit("Set-Mailbox", "u", `,"Parameters":[{"Name":"n#","Value":"#"}]`)},
		{"deep JSON", false, false, 6e6, audit("A", "u", `,"ExtendedProperties":`+strings.Repeat("[", 240)+strings.Repeat("]", 240))},
		{"many item ids", false, false, 16e6, rows("", auditRecord, ids)},
		{"many columns", true, false, 8e6, func(w io.Writer, size int) {
			more := strings.Repeat(",", size/2)
			fmt.Fprintf(w, "%s%s\n2026-03-01T10:00:00,a,b%s\n", strings.TrimSpace(traceHeader), more, more)
		}},
		{"many cells in one row", false, false, 20e6, func(w io.Writer, size int) {
			fmt.Fprintf(w, "%s2026-03-01T10:00:00,a,b\n2026-03-01T10:00:00,a,b%s\n", traceHeader, strings.Repeat(",", size))
		}},
		{"many unknown columns", false, false, 20e6, func(w io.Writer, size int) { io.WriteString(w, strings.Repeat(",", size)+"\n") }},
		{"a long cell", false, false, 60e6, func(w io.Writer, size int) {
			fmt.Fprintf(w, "%s2018-03-01T10:00:00Z,Web,Logon,%s,,,\n", header, strings.Repeat("x", size))
		}},
		{"a long message", false, false, 50e6, func(w io.Writer, size int) {
			io.WriteString(w, "From: a@b.c\nTo: u@contoso.com\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\n"+strings.Repeat(strings.Repeat("x", 76)+"\n", size/77))
		}},
	}
}

// usual is what brings a record to the least size that real ones have.
const usual = `,"OrganizationId":"aaaaaaaa-0000-4000-8000-00000000000a","RecordType":2,"ResultStatus":"Succeeded","UserType":0,` +
	`"ClientInfoString":"Client=MSExchangeRPC","LogonType":0,"ExternalAccess":false,"InternalLogonType":0,` +
	`"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],"OrganizationName":"contoso.onmicrosoft.com",` +
	`"OriginatingServer":"AM0PR01MB0001 (15.20.4200.000)","Version":1,"Item":{"Id":"LgAAAAB","ParentFolder":{"Path":"\\Inbox","Name":"Inbox"}}`

func address(i int) string { return fmt.Sprintf(`,"ClientIP":"80.%d.%d.%d"`, i>>16, i>>8&255, i&255) }

// shortest are inputs of records that say next to nothing but who is new, each somebody or something else: what is kept of
// each is more than what the record takes, so the usual bound does not hold.
func shortest() []hostile {
	each := func(operation string, more func(i int) (user, more string)) func(w io.Writer, size int) {
		return func(w io.Writer, size int) {
			for i := 0; size > 0; i++ {
				user, rest := more(i)
				n, _ := fmt.Fprintf(w, auditRecord, i%60, i, operation, user, rest)
				size -= n
			}
		}
	}
	return []hostile{
		{"mailboxes", false, false, 40e6, each("MailItemsAccessed", func(i int) (string, string) { return fmt.Sprintf("user%d@contoso.com", i), address(i) })},
		{"addresses and sessions", false, false, 40e6, each("MailItemsAccessed", func(i int) (string, string) {
			return "u@contoso.com", fmt.Sprintf(`,"SessionId":"%x"`, i) + address(i)
		})},
		{"logons", false, false, 40e6, each("UserLoggedIn", func(i int) (string, string) { return "u@contoso.com", address(i) })},
		{"failed logons", false, false, 40e6, each("UserLoginFailed", func(i int) (string, string) {
			return fmt.Sprintf("user%d@contoso.com", i), `,"ClientIP":"80.1.2.3"`
		})},
	}
}

// writeHostile writes an input, and returns its size.
func writeHostile(t *testing.T, path string, h hostile) int64 {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	h.write(w, h.size)
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// The bound that holds for inputs that decode to less than 100 MB.
const (
	mostAtStart  = 64e6
	largeAtStart = 110e6 // of rows of a few tens of bytes, and of a record for each of tens of thousands of mailboxes
	mostPerByte  = 3
	mostPerShort = 13 // of the shortest records
)

// start is the bound of an input of no bytes.
func (h hostile) start() float64 {
	if h.large {
		return largeAtStart
	}
	return mostAtStart
}

// Promise: what a run has in memory is bounded by what its inputs decode to, whatever is in them.
func TestMemoryGate(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes memory of its own")
	}
	for _, h := range hostiles() {
		t.Run(h.name, func(t *testing.T) {
			if !h.quick && !long() {
				t.Skip("TRIAGE_LONG=1 runs it")
			}
			path := filepath.Join(t.TempDir(), "input")
			withinBounds(t, path, writeHostile(t, path, h), h.start(), mostPerByte)
		})
	}
}

// Promise: what the shortest records take, of which the usual bound does not hold.
func TestMemoryShortest(t *testing.T) {
	if !long() {
		t.Skip("TRIAGE_LONG=1 runs it")
	}
	for _, h := range shortest() {
		t.Run(h.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "input")
			withinBounds(t, path, writeHostile(t, path, h), largeAtStart, mostPerShort)
		})
	}
}

// withinBounds runs analyze on an input that decodes to so many bytes.
func withinBounds(t *testing.T, path string, decoded int64, atStart, perByte float64) {
	t.Helper()
	r := runBinary(t, []string{"analyze", path, "--format", "json", "--quiet", "--workers", "2"})
	if r.code > 1 {
		t.Fatalf("exit code %d: %s", r.code, r.stderr)
	}
	most := int64(atStart + perByte*float64(decoded))
	t.Logf("figure: %s: %.1f MB decoded, peak %.0f MB of %.0f", t.Name(), float64(decoded)/1e6, float64(r.Resident)/1e6, float64(most)/1e6)
	if r.Resident > most {
		t.Errorf("peak %.0f MB, more than %.0f", float64(r.Resident)/1e6, float64(most)/1e6)
	}
}

// Promise (--format activities): every activity of a case is written in the memory of the case, however many there are: what it
// takes beyond the report does not grow with them.
func TestMemoryActivities(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes memory of its own")
	}
	const most = 48 << 20
	sizes := []int{20_000, 120_000}
	if long() {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		dir := t.TempDir()
		path := filepath.Join(dir, "input.csv")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriter(f)
		io.WriteString(out, header)
		for i := range n { // in no order of time, so that the case's order is not the file's
			at := i * 7919 % n
			fmt.Fprintf(out, "2018-03-%02dT%02d:%02d:%02dZ,Web,MarkAsRead,AAMkADJkNzFlMTdk%08xAAA,,s%x,\n", 1+at/86400%28, at/3600%24, at/60%60, at%60, i, i/50)
		}
		if err := errors.Join(out.Flush(), f.Close()); err != nil {
			t.Fatal(err)
		}
		alone := runBinary(t, []string{"analyze", path, "--format", "json", "--quiet", "--workers", "2", "--output", filepath.Join(dir, "a.json")})
		both := runBinary(t, []string{"analyze", path, "--format", "json,activities,activities.jsonl", "--quiet", "--workers", "2", "--output", filepath.Join(dir, "b")})
		if alone.code != 0 || both.code != 0 {
			t.Fatalf("exit codes %d and %d: %s %s", alone.code, both.code, alone.stderr, both.stderr)
		}
		t.Logf("figure: %s: %d rows, peak %.0f MB, with activities %.0f MB", t.Name(), n, float64(alone.Resident)/1e6, float64(both.Resident)/1e6)
		if both.Resident > alone.Resident+most {
			t.Errorf("%d rows: %.0f MB with activities, %.0f without", n, float64(both.Resident)/1e6, float64(alone.Resident)/1e6)
		}
	}
}

// Promise: the same for ten thousand small inputs: in a folder and in an archive.
func TestMemoryGateManyInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes memory of its own")
	}
	n := 500
	if long() {
		n = 10_000
	}
	for name, text := range map[string]string{
		"records":  auditRecord,
		"messages": "From: a@b.c\nTo: u%02[1]d@contoso.com\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <%[2]x@b>\n\nhello%.0[3]s%.0[4]s%.0[5]s\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, "folder")
			if err := os.Mkdir(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			var packed bytes.Buffer
			z := zip.NewWriter(&packed)
			decoded := int64(0)
			for i := range n {
				one := fmt.Appendf(nil, text, i%60, i, "MailItemsAccessed", "u@contoso.com", "")
				decoded += int64(len(one))
				w, err := z.Create(fmt.Sprintf("d/%05d", i))
				if err == nil {
					_, err = w.Write(one)
				}
				if err := errors.Join(err, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%05d", i)), one, 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			archive := filepath.Join(dir, "all.zip")
			if err := errors.Join(z.Close(), os.WriteFile(archive, packed.Bytes(), 0o644)); err != nil {
				t.Fatal(err)
			}
			t.Run("folder", func(t *testing.T) { withinBounds(t, folder, decoded, largeAtStart, mostPerByte) })
			t.Run("archive", func(t *testing.T) { withinBounds(t, archive, decoded, largeAtStart, mostPerByte) })
		})
	}
}

// starving are exports whose rows take several times their size.
func starving() []hostile {
	rows := func(header string, row func(w io.Writer, i int)) func(io.Writer, int) {
		return func(w io.Writer, n int) {
			io.WriteString(w, header)
			for i := range n {
				row(w, i)
			}
		}
	}
	const rowCount = 150_000
	return []hostile{
		{"Activities", true, false, rowCount, rows(header, func(w io.Writer, i int) {
			fmt.Fprintf(w, "2018-03-01T10:%02d:%02dZ,Web,MarkAsRead,AAMkADJkNzFlMTdk%08xAAA,,s%x,\n", i/60%60, i%60, i, i/50)
		})},
		{"JSON lines", true, false, rowCount, rows("", func(w io.Writer, i int) {
			fmt.Fprintf(w, auditRecord, i%60, i, "MailItemsAccessed", fmt.Sprintf("u%d@contoso.com", i%40),
				fmt.Sprintf(`,"Folders":[{"FolderItems":[{"InternetMessageId":"<%x@contoso.com>"}]}]`, i))
		})},
		{"CSV", true, false, rowCount, rows("Received,SenderAddress,RecipientAddress,MessageId,Subject\n", func(w io.Writer, i int) {
			fmt.Fprintf(w, "2026-03-01T10:%02d:%02d,a%d@fabrikam.com,u%d@contoso.com,<%x@fabrikam.com>,Invoice %x\n", i/60%60, i%60, i%70, i%40, i, i)
		})},
	}
}

// Promise: a run that does not fit into the memory says so and exits with 1, before Go's runtime ends it with 2, whatever
// bounds it. Limits lie between what a run takes that reads next to nothing and what this one takes.
func TestMemoryRunsOut(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes memory of its own")
	}
	prlimit, err := exec.LookPath("prlimit")
	if err != nil {
		t.Skip("prlimit is not installed")
	}
	dir := t.TempDir()
	args := func(name string) []string {
		return []string{"analyze", filepath.Join(dir, name), "--format", "json", "--quiet", "--workers", "2"}
	}
	writeHostile(t, filepath.Join(dir, "small"), hostile{size: 10, write: starving()[0].write})
	least := runBinary(t, args("small"))
	for i, h := range starving() {
		for k, kind := range []string{"--as", "--data", "--memory"} {
			if !long() && i != k {
				continue
			}
			h := h
			if kind == "--as" { // Go takes addresses by 64 MiB
				h.name, h.size = h.name+" of many rows", 5*h.size
			}
			writeHostile(t, filepath.Join(dir, h.name), h)
			whole := runBinary(t, args(h.name))
			from, to := least.of(kind), whole.of(kind)
			if to <= from {
				t.Fatalf("%s %s: %d is no more than what a run takes that reads nothing", h.name, kind, to)
			}
			for _, share := range []float64{0.5, 0.9} {
				if !long() && share < 0.9 {
					continue
				}
				t.Run(fmt.Sprintf("%s %s %.1f", h.name, kind, share), func(t *testing.T) {
					bytes := from + int64(share*float64(to-from))
					r := starve(t, prlimit, kind, bytes, args(h.name), whole.stdout)
					t.Logf("figure: %s: %.0f MB of the %.0f that it takes: exit code %d", t.Name(), float64(bytes)/1e6, float64(to)/1e6, r.code)
				})
			}
		}
	}
}

// starve runs the command under a limit: it makes the same output, or says why not.
func starve(t *testing.T, prlimit, kind string, bytes int64, args []string, want string) ran {
	t.Helper()
	line := []string{prlimit, fmt.Sprintf("%s=%d", kind, bytes)}
	if kind == "--memory" {
		line, args = nil, append(args, kind, strconv.FormatInt(max(bytes, console.LeastMemory), 10))
	}
	r := runBinary(t, args, line...)
	switch {
	case r.code == 0 && r.stdout == want: // the collector has made room
	case r.code == 1 && r.stdout == "" && strings.HasPrefix(r.stderr, "triage: the memory does not suffice: "):
	default:
		t.Errorf("exit code %d, %d bytes of output, %.300s", r.code, len(r.stdout), r.stderr)
	}
	return r
}
