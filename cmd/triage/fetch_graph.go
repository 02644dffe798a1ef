package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/graphfetch"
	"triage/ingest/casefolder"
	"triage/ingest/m365"
	"triage/ingest/m365/collect"
	"triage/ingest/m365/login"
	"triage/rules"
)

// graphHelp is what the commands about Microsoft Graph have in common.
const graphHelp = `
FOLDER gets every answer as it came, and triage analyze reads it; FOLDER.case keeps a manifest with the sha256 of each answer, the
service's own name of each request, the time that is covered, and every gap with what to do about it. A fetch that was
stopped, however, goes on when the same command is given again.

The token comes from TRIAGE_TOKEN, from --token-file or, with --token-file -, from standard input; or --login gets one. It
goes to the host of the cloud, or of --base-url, and nowhere else. triage fetch doctor says what a token may do.`

// graphCommands are a command for each of Graph's sources, one for all of them, and one that looks at the token.
func graphCommands(t *console.Tool) []*cli.Command {
	var all []*cli.Command
	for _, s := range collect.Sources() {
		flags := []cli.Flag{fetchCaseFlag(), commandline.TextFlag("output", "", "write to the folder `PATH`")}
		all = append(all, &cli.Command{
			Name:      s.Name,
			Usage:     "fetches " + s.Title + " from Microsoft Graph",
			UsageText: "triage fetch " + s.Name + " --output FOLDER [FLAGS]",
			Description: "Fetched from Microsoft Graph: " + s.Title + ". An application needs " + strings.Join(s.Permissions, " and ") + licence(s) + ".\n" +
				graphHelp,
			Flags:  append(flags, graphFlags()...),
			Action: t.Do(func(t *console.Tool, c *cli.Context) error { return runFetchSource(t, c, s) }),
		})
	}
	return append(all, &cli.Command{
		Name:      "case",
		Usage:     "fetches all that a business email compromise is judged by into a case folder",
		UsageText: "triage fetch case --case DIR [FLAGS]",
		Description: `Every source of triage fetch that Microsoft Graph has: ` + strings.Join(collect.SourceNames(), ", ") + `. What the token may not read, or the
tenant has no licence for, costs that source only and is named.
` + graphHelp + `

  TRIAGE_TOKEN=… triage fetch case --case acme --mailboxes alice@contoso.com,bob@contoso.com --since 2026-10-01
  triage fetch case --case acme --login device --tenant contoso.com
  triage analyze --case acme`,
		Flags:  append([]cli.Flag{commandline.CaseFlag("write into the evidence of the case folder `DIR`, which may be new")}, graphFlags()...),
		Action: t.Do(runFetchCase),
	}, &cli.Command{
		Name:        "doctor",
		Usage:       "says what a token may fetch, before anything is asked",
		UsageText:   "triage fetch doctor [FLAGS]",
		Description: "The token's own words are read, and nothing is sent: neither the token nor a request.",
		Flags:       tokenFlags(),
		Action:      t.Do(runFetchDoctor),
	})
}

func licence(s collect.Source) string {
	if s.License == "" {
		return ""
	}
	return ", the tenant " + s.License
}

func tokenFlags() []cli.Flag {
	clouds := []string{}
	for _, c := range login.Clouds() {
		clouds = append(clouds, c.Name)
	}
	return []cli.Flag{
		commandline.TextFlag("token-file", "", "`FILE` that holds the token, or - for standard input (default: TRIAGE_TOKEN)"),
		commandline.TextFlag("login", "", "get a token: `WAY` is device, secret (TRIAGE_CLIENT_SECRET), certificate or managed-identity"),
		commandline.ListFlag("tenant", "with --login: `ID` or domain of the tenant"),
		commandline.TextFlag("client-id", "", "with --login: `ID` of the application (default with device: that of Microsoft's own shell for Graph)"),
		commandline.TextFlag("certificate", "", "with --login certificate: `FILE`, PEM or PKCS#12, with its key (password: TRIAGE_CERTIFICATE_PASSWORD)"),
		commandline.TextFlag("cloud", clouds[0], "`NAME` of the cloud: "+strings.Join(clouds, ", ")),
	}
}

func graphFlags() []cli.Flag {
	return append([]cli.Flag{
		commandline.TextFlag("mailboxes", "", "`LIST` of mailboxes whose rules and methods are asked for, with commas"),
		commandline.TextFlag("since", "", "`TIME` of the first records, such as 2026-10-01 (default: as far back as the service keeps them)"),
		commandline.TextFlag("until", "", "`TIME` before which records are fetched (default: now)"),
		commandline.TextFlag("graph-version", collect.Auto, "`VERSION` of Graph: auto, v1.0 or beta"),
		commandline.TextFlag("base-url", "", "`URL` of the service (default: where Microsoft runs it)"),
		commandline.SwitchFlag("strict", "exit with 4 if something that was asked for could not be had"),
		commandline.SwitchFlag("quiet", "no progress, nothing on standard output"),
	}, tokenFlags()...)
}

// readPlan checks all flags of the commands about Graph, and connects.
func readPlan(t *console.Tool, c *cli.Context, bar *fetchProgress) (*graphfetch.Plan, error) {
	p := &graphfetch.Plan{Version: c.String("graph-version"), Tool: "triage " + console.Version, Progress: bar.showGraph}
	var errs []error
	take := func(err error) { errs = append(errs, err) }
	cloud, ok := login.CloudOf(c.String("cloud"))
	if !ok {
		take(exit.Usage("global, usgov, usgov-dod or china", "--cloud %q: no such cloud", c.String("cloud")))
	}
	if versions := collect.Versions(); !slices.Contains(versions, p.Version) {
		take(exit.Usage(commandline.DidYouMean(p.Version, versions), "--graph-console.Version %q: want %s", p.Version, commandline.Alternatives(versions)))
	}
	var err error
	p.Since, err = commandline.Time(c, "since")
	take(err)
	p.Until, err = commandline.Time(c, "until")
	take(err)
	if !p.Since.IsZero() && !p.Until.IsZero() && !p.Since.Before(p.Until) {
		take(exit.Usage("", "--since %s is not before --until %s", c.String("since"), c.String("until")))
	}
	if p.Since.After(t.Now()) {
		take(exit.Usage("", "--since %s is in the future", c.String("since")))
	}
	for name := range strings.FieldsFuncSeq(c.String("mailboxes"), func(r rune) bool { return r == ',' || r == ' ' }) {
		if !strings.Contains(name, "@") || printable(name) != name {
			take(exit.Usage("--mailboxes alice@contoso.com,bob@contoso.com", "--mailboxes: %q is no user principal name", name))
		}
		p.Mailboxes = append(p.Mailboxes, name)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	p.Global = cloud.Name == login.Clouds()[0].Name
	p.Client, err = graphClient(t, c, cloud, bar)
	if err != nil {
		return nil, err
	}
	if claims, ok := p.Client.Claims(); ok {
		p.Consent = cloud.ConsentURL(claims.Tenant, claims.App)
	}
	return p, nil
}

// graphClient is the connection that the flags ask for.
func graphClient(t *console.Tool, c *cli.Context, cloud login.Cloud, bar *fetchProgress) (*m365.Client, error) {
	tokens, err := graphTokens(t, c, cloud)
	if err != nil {
		return nil, err
	}
	root := c.String("base-url")
	if root == "" {
		root = cloud.Graph
	}
	o := m365.Options{Root: root, Tokens: tokens, Clock: clockOf(t), Rand: rand.Float64, UserAgent: "triage/" + console.Version}
	if bar != nil {
		o.Waiting = bar.wait
	}
	client, err := m365.NewClient(o)
	switch {
	case errors.Is(err, m365.ErrRoot): // the URL may hold a password: not shown
		return nil, exit.Usage("", "--base-url: %w", err)
	case err != nil && c.String("login") != "":
		return nil, &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("no token: %w", err), Hint: "check --tenant, --client-id and what goes with --login"}
	case err != nil:
		return nil, exit.Usage("", "--token-file: %w", err)
	}
	return client, nil
}

// graphTokens says where tokens come from: from the user, or from Entra ID.
func graphTokens(t *console.Tool, c *cli.Context, cloud login.Cloud) (m365.Source, error) {
	way := c.String("login")
	if way == "" {
		return tokenSource(t, c.String("token-file"))
	}
	o := login.Options{
		Way: way, Cloud: cloud, Tenant: strings.Join(c.StringSlice("tenant"), ","), Client: c.String("client-id"), Secret: t.Env["TRIAGE_CLIENT_SECRET"],
		Certificate: c.String("certificate"), Password: t.Env["TRIAGE_CERTIFICATE_PASSWORD"],
		Prompt: func(text string) { exit.Complain(t.Stderr, text, "") },
	}
	for _, s := range append(collect.Sources(), graphfetch.Messages()) {
		o.Permissions = append(o.Permissions, s.Permissions...)
	}
	switch ways := login.Ways(); {
	case !slices.Contains(ways, way):
		return nil, exit.Usage(commandline.DidYouMean(way, ways), "--login %q: want %s", way, commandline.Alternatives(ways))
	case c.String("token-file") != "":
		return nil, exit.Usage("", "--login and --token-file: one of them gives the token")
	case len(c.StringSlice("tenant")) > 1:
		return nil, exit.Usage("fetch each tenant into a case of its own", "--tenant: one tenant at a time")
	case o.Tenant == "" && way != login.Managed:
		return nil, exit.Usage("--tenant contoso.com", "--login %s: no tenant is named", way)
	case o.Client == "" && (way == login.Secret || way == login.Certificate):
		return nil, exit.Usage("--client-id with the application's id", "--login %s: no application is named", way)
	case o.Secret == "" && way == login.Secret:
		return nil, exit.Usage("put it into TRIAGE_CLIENT_SECRET", "--login secret: there is no secret")
	case o.Certificate == "" && way == login.Certificate:
		return nil, exit.Usage("--certificate client.pem", "--login certificate: no file is named")
	}
	source, err := login.New(o)
	if err != nil {
		return nil, exit.Usage("", "--login %s: %w", way, err)
	}
	return source, nil
}

func runFetchSource(t *console.Tool, c *cli.Context, s collect.Source) error {
	output, err := fetchOutput(c, s.Name)
	perMailbox := slices.ContainsFunc(s.Lists, func(l collect.List) bool { return l.PerMailbox() })
	errs := []error{commandline.WantArgs(c, 0, 0), err}
	if output == "" || output == "-" {
		errs = append(errs, exit.Usage("--output "+s.Name+", or --case DIR", "fetch %s: --output names no folder", s.Name))
	}
	if perMailbox && c.String("mailboxes") == "" {
		errs = append(errs, exit.Usage("--mailboxes alice@contoso.com, or fetch case, which asks the directory", "fetch %s: no mailbox is named", s.Name))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	bar := startFetchProgress(t, c.Bool("quiet"))
	p, err := readPlan(t, c, bar)
	if err != nil {
		return err
	}
	if err := fetchIntoCase(c); err != nil {
		return err
	}
	o := p.Source(c.Context, s, output)
	bar.end()
	return finishGraph(t, c, []graphfetch.Outcome{o})
}

func runFetchCase(t *console.Tool, c *cli.Context) error {
	dir := c.String("case")
	if dir == "" {
		return errors.Join(commandline.WantArgs(c, 0, 0), exit.Usage("--case acme", "fetch case: no folder is named"))
	}
	if err := commandline.WantArgs(c, 0, 0); err != nil {
		return err
	}
	bar := startFetchProgress(t, c.Bool("quiet"))
	p, err := readPlan(t, c, bar)
	if err != nil {
		return err
	}
	folder := casefolder.Folder(dir)
	if err := makeCase(c.Context, folder, nil, rules.CaseData{}); err != nil {
		return err
	}
	outcomes := p.Case(c.Context, folder.Evidence())
	bar.end()
	return finishGraph(t, c, outcomes)
}

// mostGaps are printed of each source; the manifest has all.
const mostGaps = 12

// finishGraph says what became of each source. An error of one is that of the command, after all has been said.
func finishGraph(t *console.Tool, c *cli.Context, outcomes []graphfetch.Outcome) error {
	var errs []error
	lost := 0
	for i := range outcomes {
		o := &outcomes[i]
		if o.Err != nil {
			errs = append(errs, graphFault(o.Source, o.Err))
			continue
		}
		lost += len(o.Lost())
		if !c.Bool("quiet") {
			writeOutcome(t.Stdout, o)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if c.Bool("strict") && lost > 0 {
		return &exit.Fault{Code: exit.Incomplete, Err: fmt.Errorf("evidence that was asked for could not be had: %d gaps", lost), Hint: "the manifests name each"}
	}
	return nil
}

func writeOutcome(w io.Writer, o *graphfetch.Outcome) {
	fmt.Fprintln(w, printable(o.Sentence()))
	for _, line := range o.GapLines(mostGaps) {
		fmt.Fprintln(w, printable(line))
	}
}

// graphFault gives an error its exit code and remedy, and says of which source it is.
func graphFault(s collect.Source, err error) error {
	switch own, ok := errors.AsType[*m365.Error](err); {
	case errors.Is(err, collect.ErrExists):
		return exit.Usage("name another --output: evidence is never overwritten", "%w", err)
	case errors.Is(err, collect.ErrOther):
		return exit.Usage("name another --output or --case, or give the flags that it began with", "%w", err)
	case ok:
		return &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("fetch %s: %w", s.Name, err), Hint: own.Remedy}
	}
	return err
}

func runFetchDoctor(t *console.Tool, c *cli.Context) error {
	if err := commandline.WantArgs(c, 0, 0); err != nil {
		return err
	}
	cloud, ok := login.CloudOf(c.String("cloud"))
	if !ok {
		return exit.Usage("global, usgov, usgov-dod or china", "--cloud %q: no such cloud", c.String("cloud"))
	}
	client, err := graphClient(t, c, cloud, nil)
	if err != nil {
		return err
	}
	claims, ok := client.Claims()
	if !ok {
		return &exit.Fault{Code: exit.Failed, Err: errors.New("the token says nothing of itself: what it may do shows when it is used"), Hint: "triage fetch case names what is refused"}
	}
	for _, line := range graphfetch.Doctor(claims, t.Now(), cloud.ConsentURL(claims.Tenant, claims.App)) {
		fmt.Fprintln(t.Stdout, printable(line))
	}
	return nil
}

func (p *fetchProgress) showGraph(at collect.Progress) {
	name := filepath.Join(at.Source, at.List)
	if at.Mailbox != "" {
		name += " of " + at.Mailbox
	}
	p.line(fmt.Sprintf("fetching %s: %d rows, %d answers", name, at.Rows, at.Requests), false)
}
