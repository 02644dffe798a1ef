package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"triage/analyzers/report/render"
	"triage/cmd/triage/exit"
)

// scenario is a command whose file system fails.
type scenario struct {
	name    string
	quick   bool
	args    []string
	stdin   string   // a file of the case
	stdout  string   // a file of the case
	again   []string // flags that the second run needs where an output is there
	folder  string   // what begins so may stay, and differ
	env     []string
	prepare func(t *testing.T, dir string)
}

// trial is a scenario ready to be run again and again.
type trial struct {
	scenario
	self    string
	model   string // the case before the command
	before  tree
	whole   outcome  // of the undisturbed command
	outputs []string // what it makes
}

// outcome is what became of a run.
type outcome struct {
	calls  []call
	status syscall.WaitStatus
	stderr string
	after  tree
}

// tree is a folder's files with what is in them; folders end in a slash.
type tree map[string]string

func (s *scenario) try(t *testing.T) *trial {
	t.Helper()
	self, err := exec.LookPath("triage")
	if err != nil {
		t.Fatal(err)
	}
	p := &trial{scenario: *s, self: self, model: t.TempDir()}
	if err := os.Mkdir(filepath.Join(p.model, "tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	s.prepare(t, p.model)
	if address, err := os.ReadFile(filepath.Join(p.model, "address")); err == nil {
		p.args[slices.Index(p.args, "$SERVICE")] = string(address)
	}
	p.before = readTree(t, p.model)
	p.whole = p.run(t, p.fresh(t), nil, func(call) fate { return fate{} })
	if p.whole.status.ExitStatus() != 0 {
		t.Fatalf("undisturbed: %d: %s", p.whole.status.ExitStatus(), p.whole.stderr)
	}
	for _, name := range slices.Sorted(maps.Keys(p.whole.after)) {
		if !strings.HasSuffix(name, "/") && p.whole.after[name] != p.before[name] && !p.mayDiffer(name) {
			p.outputs = append(p.outputs, name)
		}
	}
	if len(p.outputs) == 0 {
		t.Fatalf("undisturbed, it makes nothing: %s", p.whole.stderr)
	}
	return p
}

// fresh is the case as it was before the command.
func (p *trial) fresh(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(p.model), "run-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(p.model)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (p *trial) run(t *testing.T, dir string, more []string, fates func(call) fate) outcome {
	t.Helper()
	return p.runBy(t, dir, more, func(cmd *exec.Cmd) ([]call, syscall.WaitStatus) { return trace(t, cmd, dir, fates) })
}

func (p *trial) runBy(t *testing.T, dir string, more []string, runner func(*exec.Cmd) ([]call, syscall.WaitStatus)) outcome {
	t.Helper()
	cmd := exec.Command(p.self, append(slices.Clone(p.args), more...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+filepath.Join(dir, "tmp"), "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	cmd.Env = append(cmd.Env, p.env...)
	var files []*os.File
	file := func(name string, flags int) *os.File {
		f, err := os.OpenFile(name, flags, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		return f
	}
	said := dir + ".stderr"
	cmd.Stderr = file(said, os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	if p.stdin != "" {
		cmd.Stdin = file(filepath.Join(dir, p.stdin), os.O_RDONLY)
	}
	if p.stdout != "" {
		cmd.Stdout = file(filepath.Join(dir, p.stdout), os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	}
	var o outcome
	o.calls, o.status = runner(cmd)
	for _, f := range files {
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(said)
	if err != nil {
		t.Fatal(err)
	}
	o.stderr = string(text)
	o.after = readTree(t, dir)
	return o
}

// fail lets call after call fail, and counts the runs.
func (p *trial) fail(t *testing.T, m faultMode) (tried int) {
	t.Helper()
	step := 1
	if !long() {
		step = 4
	}
	for n := 1; ; n += step {
		dir := p.fresh(t)
		var struck []call
		o := p.run(t, dir, nil, func(c call) fate {
			f := m.fate(n, c)
			if f != (fate{}) {
				struck = append(struck, c)
			}
			return f
		})
		if len(struck) > 0 {
			tried++
			for _, complaint := range append(p.judge(t, m, struck, o), p.repeat(t, dir, o)...) {
				t.Errorf("%s, call %d, %s %q: %s\n  exit code %d, said: %s", m.name, n, struck[0].name, struck[0].path, complaint,
					o.status.ExitStatus(), strings.TrimSpace(o.stderr))
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if n > len(o.calls) {
			return tried
		}
	}
}

// repeat runs the command again where the first left anything.
func (p *trial) repeat(t *testing.T, dir string, first outcome) (complaints []string) {
	t.Helper()
	if maps.Equal(first.after, p.before) || maps.Equal(first.after, p.whole.after) {
		return nil
	}
	var more []string
	if slices.ContainsFunc(p.outputs, func(name string) bool { return first.after[name] != "" }) {
		more = p.again
	}
	o := p.run(t, dir, more, func(call) fate { return fate{} })
	if o.status.ExitStatus() != 0 {
		return []string{fmt.Sprintf("the second run exits with %d: %s", o.status.ExitStatus(), o.stderr)}
	}
	for _, d := range p.differences(o.after, p.whole.after) {
		complaints = append(complaints, "after the second run, "+d)
	}
	return complaints
}

// mayDiffer says of a file that a fetch keeps what came in, and when: its answers, but not what is temporary.
func (p *trial) mayDiffer(name string) bool {
	return p.folder != "" && strings.HasPrefix(name, p.folder) && !strings.HasPrefix(name, p.folder+"temp/")
}

// differences are those between two trees, apart from what may differ.
func (p *trial) differences(got, want tree) (list []string) {
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok && !p.mayDiffer(name) {
			list = append(list, name+" is left over")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		text, ok := got[name]
		switch {
		case !ok && !p.mayDiffer(name):
			list = append(list, name+" is missing")
		case text != want[name] && !p.mayDiffer(name):
			list = append(list, fmt.Sprintf("%s is another: %d bytes, want %d", name, len(text), len(want[name])))
		}
	}
	return list
}

// judge holds a run with a fault against the promise.
func (p *trial) judge(t *testing.T, m faultMode, struck []call, o outcome) (complaints []string) {
	c := struck[0]
	say := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	code := o.status.ExitStatus()
	if code == 0 || m.same {
		if code != 0 {
			say("it failed")
		}
		for _, d := range p.differences(o.after, p.whole.after) {
			say("%s", d)
		}
		return complaints
	}
	switch {
	case m.ends && m.dead: // killed: nothing can be said
	case m.ends:
		if code != exit.Interrupted || o.stderr != "triage: interrupted\n" {
			say("not as an interrupted command ends")
		}
	case code != exit.Failed && code != exit.Refused:
		say("an exit code that says something else")
	case !strings.HasPrefix(o.stderr, "triage: "):
		say("nothing is said")
	case !slices.ContainsFunc(struck, func(c call) bool { return p.named(o.stderr+o.after[p.stdout], c) }):
		say("the file is not named")
	}
	if strings.Contains(strings.ReplaceAll(o.stderr, "triage: remove ", ""), ".tmp") && !m.dead {
		say("a temporary name is shown")
	}
	for name := range o.after {
		_, old := p.before[name]
		switch {
		case slices.Contains(p.outputs, name):
		case m.dead, old, p.folder != "" && (strings.HasPrefix(name, p.folder) || strings.HasSuffix(name, "/")):
		case c.name == "unlink" && c.path == strings.TrimSuffix(name, "/"): // what cannot be deleted
		case strings.HasSuffix(name, "/") && slices.ContainsFunc(p.outputs, func(out string) bool { return o.after[out] != "" && strings.HasPrefix(out, name) }):
		default:
			say("%s is left over", name)
		}
	}
	for _, name := range p.outputs {
		switch text := o.after[name]; {
		case text == p.before[name], text == p.whole.after[name]:
		case name == p.stdout && strings.HasPrefix(p.whole.after[name], text): // a stream is no file that could be withheld
		case !m.ends && p.partial(t, c, o):
		default:
			say("%s is torn: %d bytes, whole %d, before %d", name, len(text), len(p.whole.after[name]), len(p.before[name]))
		}
	}
	return complaints
}

// partial says whether the outputs are all there, and whole, about what could be read. The JSON names what could not be;
// the others are what it renders to.
func (p *trial) partial(t *testing.T, c call, o outcome) bool {
	t.Helper()
	_, file := p.before[c.path]
	_, folder := p.before[c.path+"/"]
	whole := file || folder
	for _, name := range p.outputs {
		if text := o.after[name]; filepath.Base(name) == "report.json" {
			whole = whole && strings.Contains(text, filepath.Base(c.path)) && strings.Contains(text, "input/output error")
			continue
		}
		i := slices.IndexFunc(render.Formats(), func(f string) bool { return render.FileName(f) == filepath.Base(name) })
		if i < 0 {
			t.Fatalf("%s is the file of no format", name)
		}
		format := render.Formats()[i]
		var out, said bytes.Buffer
		in := strings.NewReader(o.after[filepath.ToSlash(filepath.Join(filepath.Dir(name), "report.json"))])
		run(t.Context(), []string{"triage", "report", "-", "--format", format}, in, &out, &said, nil)
		whole = whole && said.Len() == 0 && out.String() == o.after[name]
	}
	return whole
}

// named says whether a message names the file that a call was about, or what becomes of it.
func (p *trial) named(stderr string, c call) bool {
	base := filepath.Base(c.path)
	if strings.Contains(stderr, base) || p.stdin != "" && strings.Contains(stderr, " -: ") || c.path == p.stdout && strings.Contains(stderr, "standard output") {
		return true
	}
	return slices.ContainsFunc(p.outputs, func(name string) bool {
		return strings.Contains(base, filepath.Base(name)) && strings.Contains(stderr, filepath.Base(name))
	})
}

func readTree(t *testing.T, dir string) tree {
	t.Helper()
	list := tree{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		switch {
		case err != nil || path == dir:
			return err
		case d.IsDir():
			list[name+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		list[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// copyFile copies a file into a case.
func copyFile(t *testing.T, dir, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	writeIn(t, dir, to, text)
}

func writeIn(t *testing.T, dir, name string, text []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
}
