package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/ingest/casefolder"
	"triage/ingest/m365"
	"triage/ingest/outlook/retriever"
	"triage/rules"
)

func fetchCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:        commandline.FetchName,
		Usage:       "fetches evidence from a service, to be analysed afterwards",
		Subcommands: append([]*cli.Command{fetchActivitiesCommand(t), fetchMessagesCommand(t)}, graphCommands(t)...),
	}
}

func fetchActivitiesCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "activities",
		Usage:     "fetches a mailbox's Outlook Activities (Microsoft closed this API in 2018)",
		UsageText: "triage fetch activities --user USER --output FILE [FLAGS]",
		Description: `Microsoft closed the Outlook Activities API in July 2018: its own service answers no more. What is
left are services that speak the same protocol, and exports that were kept. Today, export the
Unified Audit Log instead (Purview, or Search-UnifiedAuditLog) and give it to triage analyze, which
reads it as it comes.

With --case, FILE lies in DIR/evidence, where triage analyze --case finds it.

FILE gets each activity once, in order of time: JSON lines, lossless, or the 2018 retriever's CSV if
its name ends in .csv. FILE.case keeps every answer as it came, with its sha256, and a manifest of
the time that is covered. A fetch that was stopped, however, goes on when the same command is given
again.

The token comes from TRIAGE_TOKEN, from --token-file or, with --token-file -, from standard input;
never from the command line. For v1.0 it is NAME:PASSWORD. It goes to the host of --base-url and
nowhere else. A token file that is replaced during the fetch renews the token.

A service without end is not asked for ever: 20,000 requests or 4 GiB, and 1,000 or 64 MiB more for
each day asked for, end a fetch, earlier runs included. What came is kept, and --budget 2 goes on.

  TRIAGE_TOKEN=… triage fetch activities --user alice@contoso.com --output alice.csv
  triage analyze alice.csv`,
		Flags: []cli.Flag{
			commandline.TextFlag("user", "", "mailbox of `USER`: a user principal name, or me"),
			fetchCaseFlag(),
			commandline.TextFlag("output", "", "write to `PATH`: .csv for the retriever's CSV, any other name for JSON lines"),
			commandline.TextFlag("start", "", "`TIME` of the first activities, such as 2018-01-31 or 2018-01-31T14:30:00Z (default: the oldest)"),
			commandline.TextFlag("end", "", "`TIME` before which activities are fetched (default: now)"),
			commandline.TextFlag("types", "", "`LIST` of activity types to fetch, with commas, such as ServerLogon,SearchResult (default: all)"),
			commandline.TextFlag("base-url", "", "`URL` of the service (default: where Microsoft ran it)"),
			commandline.TextFlag("api", "v2.0", "`VERSION` of the protocol: v1.0, v2.0 or beta"),
			commandline.TextFlag("token-file", "", "`FILE` that holds the token, or - for standard input (default: TRIAGE_TOKEN)"),
			budgetFlag(),
			commandline.SwitchFlag("quiet", "no progress, nothing on standard output"),
		},
		Action: t.Do(runFetchActivities),
	}
}

func runFetchActivities(t *console.Tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 0, 0); err != nil {
		return err
	}
	f, err := readFetch(t, c)
	if err != nil {
		return err
	}
	bar := startFetchProgress(t, c.Bool("quiet"))
	f.Progress = bar.show
	f.API.Client, err = fetchClient(t, c, bar)
	if err != nil {
		return err
	}
	if err := fetchIntoCase(c); err != nil {
		return err
	}
	result, err := f.Run(c.Context)
	bar.end()
	if err != nil {
		return fetchFault(err)
	}
	for _, note := range result.Notes {
		exit.Complain(t.Stderr, "note: "+note, "")
	}
	if c.Bool("quiet") {
		return nil
	}
	return writeFetched(t.Stdout, f.Output, result)
}

// readFetch checks all flags but those of the connection, and reports all faults at once.
func readFetch(t *console.Tool, c *cli.Context) (*m365.Fetch, error) {
	var errs []error
	take := func(err error) { errs = append(errs, err) }
	user := strings.TrimSpace(c.String("user"))
	output, err := fetchOutput(c, "activities-"+fileName(user)+".jsonl")
	take(err)
	f := &m365.Fetch{
		API: &m365.Activities{Version: c.String("api"), User: user}, Output: output, Format: m365.Lines(), Tool: "triage " + console.Version,
	}
	if f.API.User == "" {
		take(exit.Usage("--user alice@contoso.com, or --user me", "fetch activities: no mailbox is named"))
	}
	if strings.ContainsAny(f.API.User, "/?#%\\") || printable(f.API.User) != f.API.User {
		take(exit.Usage("", "--user %q: want a user principal name, or me", f.API.User))
	}
	if f.Output == "" || f.Output == "-" || outfile.IsFolder(f.Output) || os.IsPathSeparator(f.Output[len(f.Output)-1]) {
		take(exit.Usage("--output alice.csv, or --output alice.jsonl", "fetch activities: --output names no file"))
	}
	if versions := m365.Versions(); !slices.Contains(versions, f.API.Version) {
		take(exit.Usage(commandline.DidYouMean(f.API.Version, versions), "--api %q: want %s", f.API.Version, commandline.Alternatives(versions)))
	}
	f.Start, err = commandline.Time(c, "start")
	take(err)
	f.End, err = commandline.Time(c, "end")
	take(err)
	if !f.Start.IsZero() && !f.End.IsZero() && !f.Start.Before(f.End) {
		take(exit.Usage("", "--start %s is not before --end %s", c.String("start"), c.String("end")))
	}
	if f.Start.After(t.Now()) {
		take(exit.Usage("", "--start %s is in the future", c.String("start")))
	}
	f.Types, err = readTypes(c.String("types"))
	take(err)
	f.Budget, err = readBudget(c)
	take(err)
	if m365.IsCSV(f.Output) {
		f.Format = m365.Format{Head: retriever.BOM + retriever.Header + "\n", Row: retriever.AppendObject}
	}
	return f, errors.Join(errs...)
}

func fetchCaseFlag() cli.Flag {
	return commandline.CaseFlag("write into the evidence of the case folder `DIR`, which may be new; --output names the file there")
}

// fetchOutput is where a fetch writes: with --case, into the evidence, under that name if --output gives none.
func fetchOutput(c *cli.Context, name string) (string, error) {
	dir, output := c.String("case"), c.String("output")
	if dir == "" {
		return output, nil
	}
	if output == "" {
		output = name
	}
	if !filepath.IsLocal(output) {
		return "", exit.Usage("a name, such as "+name, "--output %s: with --case it lies in %s", output, casefolder.Folder(dir).Evidence())
	}
	return filepath.Join(casefolder.Folder(dir).Evidence(), output), nil
}

// fetchIntoCase makes the case folder that --case names, if one does.
func fetchIntoCase(c *cli.Context) error {
	if c.String("case") == "" {
		return nil
	}
	return makeCase(c.Context, casefolder.Folder(c.String("case")), nil, rules.CaseData{})
}

// fileName is a name that every file system takes.
func fileName(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && !strings.ContainsRune("/\\:*?\"<>|%#", r) && r > ' ' {
			return r
		}
		return '_'
	}, text)
}

func budgetFlag() cli.Flag {
	return commandline.TextFlag("budget", "1", "end after `N` times the usual number of requests and bytes, which no mailbox we know of comes near")
}

func readBudget(c *cli.Context) (float64, error) {
	text := c.String("budget")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n > 0 && n <= 1e9) { // also refuses NaN
		return 0, exit.Usage("", "--budget %q: want a number above 0, such as 2", text)
	}
	return n, nil
}

// readTypes splits at commas and blanks, as people list things; order and repetition do not count.
func readTypes(text string) ([]string, error) {
	types := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	slices.Sort(types)
	types = slices.Compact(types)
	const most = 100 // an address must not grow beyond what servers take
	if len(types) > most {
		return nil, exit.Usage("leave --types out to fetch all", "--types: want at most %d", most)
	}
	for _, word := range types {
		plain := func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' }
		if strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
			return nil, exit.Usage("", "--types %q: want names such as ServerLogon, with commas", word)
		}
	}
	return types, nil
}

// fetchClient is the connection that the flags ask for.
func fetchClient(t *console.Tool, c *cli.Context, bar *fetchProgress) (*m365.Client, error) {
	root, scheme := m365.MessageRoot(c.String("api"))
	if given := c.String("base-url"); given != "" {
		root = given
	}
	tokens, err := tokenSource(t, c.String("token-file"))
	if err != nil {
		return nil, err
	}
	client, err := m365.NewClient(m365.Options{
		Root: root, Scheme: scheme, Tokens: tokens, Clock: clockOf(t), Rand: rand.Float64,
		UserAgent: "triage/" + console.Version, Waiting: bar.wait,
	})
	switch {
	case errors.Is(err, m365.ErrRoot): // the URL may hold a password: not shown
		return nil, exit.Usage("", "--base-url: %w", err)
	case err != nil:
		return nil, exit.Usage("", "--token-file: %w", err)
	}
	return client, nil
}

// clockOf is the clock by which a fetch waits.
func clockOf(t *console.Tool) m365.Clock {
	if t.Clock != nil {
		return t.Clock
	}
	return m365.SystemClock(t.Now)
}

// tokenSource says where the token comes from. A token is never taken from a flag: every user of the machine sees those.
func tokenSource(t *console.Tool, file string) (m365.Source, error) {
	var token m365.Token
	var err error
	from := "TRIAGE_TOKEN"
	if t.Env[from] == "" {
		from = "OAUTH_TOKEN" // the 2018 retriever's
	}
	switch {
	case file == "-":
		from = "standard input"
		token, err = readToken(t)
	case file != "":
		return m365.TokenFile(file), nil
	case t.Env[from] == "":
		return nil, exit.Usage("put it into TRIAGE_TOKEN, or --token-file FILE, or --token-file - for standard input", "fetch: there is no token")
	default:
		token, err = m365.NewToken(t.Env[from])
	}
	if err != nil {
		return nil, exit.Usage("", "%s: %w", from, err)
	}
	return token, nil
}

// readToken reads standard input; of a terminal one line, which is not shown.
func readToken(t *console.Tool) (m365.Token, error) {
	in, ok := t.Stdin.(*os.File)
	if !ok || !console.IsTerminal(in) {
		return m365.ReadToken(t.Stdin)
	}
	fmt.Fprint(t.Stderr, "token: ")
	text, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(t.Stderr)
	if err != nil {
		return m365.Token{}, err
	}
	return m365.NewToken(string(text))
}

// fetchFault gives an error its exit code and remedy.
func fetchFault(err error) error {
	switch own, ok := errors.AsType[*m365.Error](err); {
	case errors.Is(err, m365.ErrExists):
		return exit.Usage("name another --output: evidence is never overwritten", "%w", err)
	case errors.Is(err, m365.ErrOther):
		return exit.Usage("name another --output, or give the flags that it began with", "%w", err)
	case ok:
		return &exit.Fault{Code: exit.Failed, Err: err, Hint: own.Remedy}
	}
	return err
}

func writeFetched(w io.Writer, output string, r *m365.Result) error {
	what := "fetched"
	switch {
	case r.Already:
		what = "complete already"
	case r.Resumed:
		what = "fetched, going on where it had stopped"
	}
	_, err := fmt.Fprintf(w, "%s: %s: %d activities, sha256 %s\n%s: every answer as it came, and manifest.json: the time that is covered\n",
		printable(output), what, r.Activities, r.SHA256, printable(r.Folder))
	return err
}

// fetchProgress shows on a terminal how far a fetch has come, and says everywhere what a long silence is about.
type fetchProgress struct {
	progress
	stderr io.Writer
	life   time.Time // when the last sign of life was, shown or not
}

func startFetchProgress(t *console.Tool, quiet bool) *fetchProgress {
	p := &fetchProgress{progress: progress{now: t.Now, start: t.Now()}, stderr: t.Stderr, life: t.Now()}
	if !quiet && console.IsTerminal(t.Stderr) {
		p.w = t.Stderr
	}
	return p
}

func (p *fetchProgress) show(at m365.Progress) {
	p.line(fmt.Sprintf("fetching %s: %d activities, %d answers, %d %%", at.At.Format(time.DateOnly), at.Rows, at.Requests, at.Percent()), false)
}

// longestSilence is how long nothing may be said while something is waited for, terminal or not.
const longestSilence = 5 * time.Second

// wait says why nothing happens; longer waits are the service's wish. Without a terminal, short ones are not said unless
// they, with what went before them, would add up to a long silence.
func (p *fetchProgress) wait(d time.Duration, why string) {
	if p.w != nil {
		p.line(fmt.Sprintf("waiting %s: %s", d.Round(time.Second), lastRunes(printable(why), 60)), true)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Add(d).Sub(p.life) > longestSilence {
		exit.Complain(p.stderr, fmt.Sprintf("waiting %s: %s", d.Round(time.Second), why), "")
		p.life = now.Add(d)
	}
}

func (p *fetchProgress) line(text string, always bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.life = now
	if p.w == nil {
		return
	}
	if !always && now.Sub(p.drawn) < redraw {
		return
	}
	p.drawn = now
	p.draw(text)
}

// apisOf are the versions of the protocol that a command of fetch knows.
func apisOf(command string) []string {
	if command == "fetch messages" {
		return m365.MessageVersions()
	}
	return m365.Versions()
}
