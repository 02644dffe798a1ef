package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"triage/cmd/triage/console"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/urfave/cli/v2"
)

var update = flag.Bool("update", false, "rewrite golden output")

func TestMain(m *testing.M) {
	commands := map[string]func(){"triage": main, "triage-quick": quick}
	maps.Copy(commands, measuring())
	testscript.Main(m, commands)
}

// Promise: what the scripts show is what a user's shell shows: the real main, its files, its output, its exit code.
func TestScript(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"interrupt":  interrupt,
			"stopped":    stopped,
			"generate":   generate,
			"append":     appendTo,
			"harmless":   harmless,
			"recode":     recode,
			"activities": serveActivities,
			"messages":   serveMessages,
			"graph":      serveGraph,
		},
	})
}

// exits runs a command and checks its exit code: `exits 2 triage analyze`. What it printed is there for stdout, stderr
// and cmp.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exits with %d, want %d", args[1], got, want)
	}
}

// generate writes content that does not fit into a script file: `generate KIND FILE`.
func generate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: generate KIND FILE")
	}
	content, ok := generators()[args[0]]
	if !ok {
		ts.Fatalf("generate: unknown kind %q", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), content(), 0o666))
}

// appendTo adds a line to a file: `append FILE LINE`.
func appendTo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE LINE")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteString(args[1] + "\n")
	ts.Check(errors.Join(err, f.Close()))
}

// recode writes a file as Windows might: `recode FILE utf-16le|utf-16be|bom NEW`, line ends of Windows, byte order mark first.
func recode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: recode FILE ENCODING NEW")
	}
	text := "\uFEFF" + strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n")
	out := []byte(text)
	if args[1] != "bom" {
		out = nil
		for _, unit := range utf16.Encode([]rune(text)) {
			if args[1] == "utf-16le" {
				out = append(out, byte(unit), byte(unit>>8))
			} else {
				out = append(out, byte(unit>>8), byte(unit))
			}
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out, 0o666))
}

// harmless checks that a file can be shown on a terminal: valid UTF-8 without any rune that acts on one, and, if it is
// JSON or CSV, well-formed, the cells of a CSV beginning no formula: `harmless FILE`.
func harmless(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: harmless FILE")
	}
	text := ts.ReadFile(args[0])
	if text == "" || !utf8.ValidString(text) {
		ts.Fatalf("%s is empty or no UTF-8", args[0])
	}
	for at, r := range text {
		if r != '\n' && r != '\r' && r != '\uFEFF' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			ts.Fatalf("%s: %U at byte %d: %q", args[0], r, at, text[max(0, at-40):min(len(text), at+40)])
		}
	}
	switch filepath.Ext(args[0]) {
	case ".json":
		if !json.Valid([]byte(text)) {
			ts.Fatalf("%s is no JSON", args[0])
		}
	case ".jsonl":
		for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			if !json.Valid([]byte(line)) {
				ts.Fatalf("%s:%d is no JSON: %s", args[0], i+1, line)
			}
		}
	case ".csv":
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
		ts.Check(err)
		for i, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					ts.Fatalf("%s: row %d: the cell %q begins a formula", args[0], i+1, cell)
				}
			}
		}
	}
}

// Promise: every flag of every command stands in a script.
func TestEveryFlagIsInAScript(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts: %v, %v", scripts, err)
	}
	var said []string
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "exits ") {
				said = append(said, strings.ReplaceAll(line, "triage-quick", "triage"))
			}
		}
	}
	var walk func(path string, commands []*cli.Command)
	walk = func(path string, commands []*cli.Command) {
		for _, c := range commands {
			at := path + " " + c.Name
			walk(at, c.Subcommands)
			for _, f := range c.Flags {
				flag := "--" + f.Names()[0]
				if !slices.ContainsFunc(said, func(line string) bool { return strings.Contains(line, at) && strings.Contains(line, flag) }) {
					t.Errorf("no script calls%s with %s", at, flag)
				}
			}
		}
	}
	walk(" triage", app(&console.Tool{Stdout: io.Discard, Stderr: io.Discard}).Commands)
}
