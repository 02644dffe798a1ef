package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"

	"github.com/urfave/cli/v2"
)

// testApp has a flag of every kind, and a group of commands.
func testApp() *cli.App {
	return &cli.App{Commands: []*cli.Command{
		{Name: "analyze", Flags: []cli.Flag{
			commandline.TextFlag("output", "", "write to `PATH`"), commandline.ListFlag("rules", "`FILE`"), commandline.SwitchFlag("force", "overwrite"),
		}},
		{Name: "rules", Subcommands: []*cli.Command{{Name: "lint", Flags: []cli.Flag{commandline.ListFlag("rules", "`FILE`")}}}},
		{Name: "version"},
	}}
}

// Promise: however a line is ordered, cli sees the command, its flags, "--" and its arguments.
func TestArrange(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, err := commandline.Arrange(testApp(), strings.Fields("triage "+in), map[string]string{"TRIAGE_OUTPUT": ""})
		text := strings.Join(got, " ")
		if err != nil {
			text = err.Error()
		}
		if text != want {
			t.Errorf("%s\n got %s\nwant %s", in, text, want)
		}
	}
	f("analyze a.csv --output o", "triage analyze --output=o -- a.csv")
	f("analyze --output o a.csv", "triage analyze --output=o -- a.csv")
	f("--output o analyze a.csv", "triage analyze --output=o -- a.csv")
	f("analyze a.csv --output=o b.csv", "triage analyze --output=o -- a.csv b.csv")
	f("analyze a.csv -output o", "triage analyze --output=o -- a.csv")
	f("analyze a.csv --force b.csv", "triage analyze --force=true -- a.csv b.csv")
	f("analyze a.csv --force=false", "triage analyze --force=false -- a.csv")
	f("analyze a.csv --rules x,y --rules z", "triage analyze --rules=x,y --rules=z -- a.csv")
	f("analyze --force -- --output -x", "triage analyze --force=true -- --output -x")
	f("analyze -- --", "triage analyze -- --")
	f("analyze - --output -", "triage analyze --output=- -- -")
	f("analyze --output=--force a", "triage analyze --output=--force -- a")
	f("analyze --output= a", "triage analyze --output= -- a")
	f("analyze help", "triage analyze -- help")
	f("rules lint p.yaml --rules q.yaml", "triage rules lint --rules=q.yaml -- p.yaml")
	f("help", "triage --help")
	f("help rules lint", "triage rules lint --help")
	f("analyze a.csv -h --output", "flag --output needs a value")
	f("analyze a.csv -h", "triage analyze --help")
	f("--version", "triage version --")
	f("-v", "triage version --")
	f("analyze -v a.csv", "triage version --")
	f("analyze a.csv -o out", "triage analyze --output=out -- a.csv")
	f("analyze -o=out a.csv", "triage analyze --output=out -- a.csv")
	f("analyze a.csv -o", "flag --output needs a value")
	f("analyze a.csv --o out", "unknown flag --o")
	f("analyze a.csv -q", "unknown flag --quiet") // this one has none

	f("", "no command given")
	f("--force", "no command given")
	f("rules", "triage rules: which one? lint")
	f("rules lnt", `unknown command "rules lnt"`)
	f("analyze --output", "flag --output needs a value")
	f("analyze --output --force", "flag --output needs a value")
	f("analyze --output -- a", "flag --output needs a value")
	f("analyze --force=maybe", `flag --force: want true or false, got "maybe"`)
	f("analyze --output a --output b", "flag --output is given twice")
	f("analyze --forse", "unknown flag --forse")
	f("analyze ---force", "unknown flag ---force")
	f("version --force", "unknown flag --force")
}

// Promise: every flag has a variable; the line wins over it, and an empty one counts as unset.
func TestArrangeVariables(t *testing.T) {
	f := func(in, want string, env ...string) {
		t.Helper()
		got, err := commandline.Arrange(testApp(), strings.Fields("triage "+in), variables(env))
		text := strings.Join(got, " ")
		if err != nil {
			text = err.Error()
		}
		if text != want {
			t.Errorf("%s with %v\n got %s\nwant %s", in, env, text, want)
		}
	}
	f("analyze a", "triage analyze --output=o --force=1 -- a", "TRIAGE_OUTPUT=o", "TRIAGE_FORCE=1")
	f("analyze a --output p", "triage analyze --output=p -- a", "TRIAGE_OUTPUT=o", "TRIAGE_FORCE=")
	f("version", "triage version --", "TRIAGE_FORCE=maybe")
	f("analyze a", `TRIAGE_FORCE: want true or false, got "maybe"`, "TRIAGE_FORCE=maybe")
}

// Promise: a flag means the same in every command, says what its value is, and never splits at commas.
func TestFlagTable(t *testing.T) {
	app := app(&console.Tool{Stdout: io.Discard, Stderr: io.Discard})
	kinds := map[string][2]bool{}
	var walk func([]*cli.Command)
	walk = func(commands []*cli.Command) {
		for _, c := range commands {
			walk(c.Subcommands)
			if c.Usage == "" || len(c.Subcommands) == 0 && c.UsageText == "" {
				t.Errorf("%s has no help", c.Name)
			}
			for _, f := range c.Flags {
				name := f.Names()[0]
				kind := [2]bool{commandline.TakesValue(f), commandline.IsList(f)}
				if was, ok := kinds[name]; ok && was != kind {
					t.Errorf("--%s is of two kinds", name)
				}
				kinds[name] = kind
				if usage, value := commandline.UsageOf(f); usage == "" || (value != "") != commandline.TakesValue(f) {
					t.Errorf("--%s of %s: usage %q names the value %q", name, c.Name, usage, value)
				}
				if f.(cli.RequiredFlag).IsRequired() {
					t.Errorf("--%s: cli's own check of required flags prints help on standard output", name)
				}
			}
		}
	}
	walk(app.Commands)
	if !app.DisableSliceFlagSeparator {
		t.Error("slice flags split at commas")
	}
}

// Promise: no line makes reading it panic, and what cli is given begins with a command of ours.
func FuzzArrange(f *testing.F) {
	for _, line := range []string{"analyze a --output o", "-- analyze --", "rules lint -=", "--=x", "-", "analyze -h", "\x00 -\xff="} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, words string) {
		got, err := commandline.Arrange(testApp(), append([]string{"triage"}, strings.Split(words, " ")...), nil)
		if err == nil && (len(got) < 2 || got[0] != "triage") {
			t.Fatalf("%q becomes %q", words, got)
		}
	})
}

// Promise: an error of any layer ends in one exit code, an interrupt in 130, a reader that went away in none.
func TestExitCodes(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	f := func(ctx context.Context, err error, want int, wantText string) {
		t.Helper()
		var b strings.Builder
		if got := finish((&console.Tool{Stderr: &b}), ctx, err); got != want || b.String() != wantText {
			t.Errorf("%v: exit %d %q, want %d %q", err, got, b.String(), want, wantText)
		}
	}
	f(context.Background(), nil, 0, "")
	f(cancelled, nil, 0, "")
	f(context.Background(), io.ErrUnexpectedEOF, 1, "triage: unexpected EOF\n")
	f(context.Background(), exit.Usage("say x", "bad \x1b[31m%s", "y\u202ez"), 2, "triage: bad [31myz\ntriage: hint: say x\n")
	f(cancelled, context.Canceled, 130, "triage: interrupted\n")
	f(cancelled, io.ErrUnexpectedEOF, 130, "triage: interrupted\n")
}

// Promise: errors found together are told one by one, each on its own line, and the hint comes once, at the end.
func TestJoinedErrors(t *testing.T) {
	var b strings.Builder
	both := errors.Join(errors.New("a"), errors.Join(errors.New("b"), fmt.Errorf("c: %w (%w)", io.EOF, io.EOF)))
	code := finish((&console.Tool{Stderr: &b}), context.Background(), &exit.Fault{Code: exit.Refused, Err: both, Hint: "read"})
	if want := "triage: a\ntriage: b\ntriage: c: EOF (EOF)\ntriage: hint: read\n"; b.String() != want || code != 2 {
		t.Errorf("exit %d %q, want 2 %q", code, b.String(), want)
	}
}
