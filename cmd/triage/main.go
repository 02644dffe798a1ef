// Command triage analyses the exports of a business email compromise: which mailboxes were taken, by whom, from when to
// when, and which rows of which file prove it. It works offline; see triage --help.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/geodata"
	"triage/cmd/triage/marks"
	"triage/cmd/triage/packs"
)

func main() {
	// A reader that went away (triage … | head) must come back as an error of the write, so that what --fail-on found
	// still decides the exit code.
	signal.Ignore(syscall.SIGPIPE)
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // nohup asks to go on when the terminal is closed
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	os.Exit(run(ctx, os.Args, os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

// patience is how long an interrupted command may take to end by itself: a read of a silent pipe never does.
const patience = 700 * time.Millisecond

// run does what the command line says and returns the exit code. Cancelling ctx is the user's interrupt.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	t := &console.Tool{Stdin: stdin, Stdout: stdout, Stderr: stderr, Env: variables(environ), Now: time.Now, Full: make(chan error, 1)}
	return perform(ctx, t, args)
}

// perform is run with what it may touch.
func perform(ctx context.Context, t *console.Tool, args []string) int {
	done := make(chan error, 1)
	go func() { done <- execute(t, ctx, args) }()
	var err error
	select {
	case err = <-done:
	case full := <-t.Full:
		select {
		case err = <-done:
		case <-time.After(console.Moment):
			err = full
		}
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(patience):
			err = ctx.Err()
		}
	}
	return finish(t, ctx, err)
}

func execute(t *console.Tool, ctx context.Context, args []string) error {
	app := app(t)
	args, err := commandline.Arrange(app, args, t.Env)
	if err != nil {
		return err
	}
	return app.RunContext(ctx, args)
}

// finish is the one place where errors become exit codes and lines on standard error.
func finish(t *console.Tool, ctx context.Context, err error) int {
	if err == nil || exit.BrokenPipe(err) {
		return exit.Code(err)
	}
	if ctx.Err() != nil {
		exit.Complain(t.Stderr, "interrupted", "")
		return exit.Interrupted
	}
	for _, one := range exit.Apart(err) {
		exit.Complain(t.Stderr, one.Error(), exit.Hint(one))
	}
	return exit.Code(err)
}

// app is the table of commands. cli reads neither the environment (arrange does) nor decides any exit code.
func app(t *console.Tool) *cli.App {
	app := &cli.App{
		Name:                      "triage",
		Usage:                     "says from a client's exports which mailboxes were taken, and shows the rows that prove it",
		Writer:                    t.Stdout,
		ErrWriter:                 t.Stderr,
		Reader:                    t.Stdin,
		HideVersion:               true,
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		CustomAppHelpTemplate:     appHelp,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              badUsage,
		Commands: []*cli.Command{
			analyzeCommand(t), doctorCommand(t), explainCommand(t), reportCommand(t), marks.Command(t), compareCommand(t),
			fetchCommand(t), packs.Command(t, rulesDiffCommand(t), rulesNewCommand(t)), geodata.Command(t), versionCommand(t), completionCommand(t), manCommand(t), helperCommand(t),
		},
	}
	prepare(app.Commands)
	return app
}

// prepare sets on every command what cli would otherwise do in its own way: print help on standard output after an
// error, and take an argument "help" for a command.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.OnUsageError = badUsage
		c.HideHelpCommand = true
		c.CustomHelpTemplate = strings.Replace(commandHelp, "FLAGS", commandline.Help(c.Flags), 1)
		if len(c.Subcommands) > 0 {
			c.CustomHelpTemplate = groupHelp
		}
		prepare(c.Subcommands)
	}
}

func badUsage(_ *cli.Context, err error, _ bool) error { return exit.Usage("", "%w", err) }

// variables is the environment as a map; of a name given twice, the last counts, as in package os.
func variables(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok {
			env[name] = value
		}
	}
	return env
}

const appHelp = `triage {{.Usage}}

usage:
  triage COMMAND [ARGUMENTS] [FLAGS]        flags may stand anywhere; -- ends them

commands:{{range .VisibleCommands}}
  {{.Name}}{{"\t"}}{{.Usage}}{{end}}

examples:
  triage analyze case.csv
  triage analyze exports/ --rules engagement.yaml --format text,json --output report/
  triage explain report/report.json F-0001

-f, -o, -q are --format, --output, --quiet; -v is the version; -h is help: triage COMMAND -h.
Every flag has a variable: --fail-on is TRIAGE_FAIL_ON.
exit codes: ` + exitCodes + `
`

const exitCodes = `0 done; 1 could not finish; 2 usage, configuration or rule error; 3 --fail-on reached;
  4 evidence incomplete (--strict); 130 interrupted`

const commandHelp = `{{.HelpName}}: {{.Usage}}

usage:
  {{.UsageText}}
{{if .Description}}
{{.Description}}
{{end}}
FLAGS`

const groupHelp = `{{.HelpName}}: {{.Usage}}

commands:{{range .VisibleCommands}}
  {{.HelpName}}{{"\t"}}{{.Usage}}{{end}}
`

func versionCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "says which triage this is and whose data it carries",
		UsageText: "triage version",
		Action:    t.Do(runVersion),
	}
}

func runVersion(t *console.Tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 0, 0); err != nil {
		return err
	}
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(t.Stdout, "triage %s%s (%s, %s/%s)\n%s\n",
		console.Version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH, geodata.Attribution)
	return err
}
