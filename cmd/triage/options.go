package main

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/activities"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/packs"
	"triage/rules"
	"triage/rules/detect"
)

// analyzeOptions is what the flags of analyze say, once checked.
type analyzeOptions struct {
	formats   []string
	failOn    *threshold // nil: never
	asOf      time.Time
	since     time.Time
	until     time.Time
	minLevel  detect.Level
	mailboxes []string // lower case
	tenants   []string // lower case
	assume    string
	clock     clock
	known     []rules.Overlay // what flags and files of indicators say
	notUsed   []string        // of the files of indicators, a line each
	workers   int             // 0: one per processor
	rows      activities.Filter
	caseData  rules.CaseData // what flags say
}

// readOptions checks all flags and reports all faults at once.
func readOptions(t *console.Tool, c *cli.Context) (analyzeOptions, error) {
	var o analyzeOptions
	var errs []error
	take := func(err error) { errs = append(errs, err) }
	var err error
	if c.String("profile") != "" { // a command that writes reports
		o.formats, err = readFormats(c, analyzeFormats())
		take(err)
	}
	o.failOn, err = readThreshold(c.String("fail-on"))
	take(err)
	o.asOf, err = commandline.Time(c, "as-of")
	take(err)
	if o.asOf.IsZero() {
		o.asOf = t.Now()
	}
	o.asOf = o.asOf.UTC().Truncate(24 * time.Hour)
	o.since, err = commandline.Time(c, "since")
	take(err)
	o.until, err = commandline.Time(c, "until")
	take(err)
	if !o.since.IsZero() && !o.until.IsZero() && !o.since.Before(o.until) {
		take(exit.Usage("", "--since %s is not before --until %s", c.String("since"), c.String("until")))
	}
	o.minLevel, err = readLevel(c)
	take(err)
	o.mailboxes = readMailboxes(c)
	for _, id := range c.StringSlice("tenant") {
		o.tenants = append(o.tenants, strings.ToLower(strings.TrimSpace(id)))
	}
	o.assume = strings.ToLower(strings.TrimSpace(c.String("assume-mailbox")))
	o.clock, err = readClock(c)
	take(err)
	o.known, o.notUsed, err = packs.ReadKnown(c)
	take(err)
	o.caseData, err = readCaseData(c)
	take(err)
	o.workers, err = readWorkers(c.String("workers"))
	take(err)
	o.rows, err = readRowFilter(c, o.formats)
	take(err)
	o.rows.Mailboxes, o.rows.Tenants, o.rows.Since, o.rows.Until = o.mailboxes, o.tenants, o.since, o.until
	return o, errors.Join(errs...)
}

func minLevelFlag() cli.Flag {
	return commandline.TextFlag("min-level", "", "report findings of `LEVEL` and above: "+commandline.Alternatives(detect.LevelNames()))
}

func mailboxFlag() cli.Flag {
	return commandline.ListFlag("mailbox", "report on `ADDRESS` only; repeatable")
}

// readLevel is the least level of findings that are reported, however it is written.
func readLevel(c *cli.Context) (detect.Level, error) {
	word := strings.ToLower(strings.TrimSpace(c.String("min-level")))
	if word == "" {
		return detect.Informational, nil
	}
	level, ok := detect.ParseLevel(word)
	if !ok {
		return 0, exit.Usage(commandline.DidYouMean(word, detect.LevelNames()), "--min-level %q: want %s", word, commandline.Alternatives(detect.LevelNames()))
	}
	return level, nil
}

// readMailboxes are those that --mailbox names, as cases hold them.
func readMailboxes(c *cli.Context) []string {
	var list []string
	for _, m := range c.StringSlice("mailbox") {
		list = append(list, strings.ToLower(strings.TrimSpace(m)))
	}
	return list
}

// unknownNames are faults: a slip of the pen must not look like an innocent mailbox.
func unknownNames(flag string, wanted, names []string, where string) error {
	var errs []error
	for _, want := range wanted {
		if !slices.Contains(names, want) {
			errs = append(errs, exit.Usage(commandline.DidYouMean(want, names), "--%s %q: no activity of it in %s", flag, want, where))
		}
	}
	return errors.Join(errs...)
}

func readWorkers(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1024 {
		return 0, exit.Usage("", "--workers %q: want a number from 1 to 1024", text)
	}
	return n, nil
}

// rowFlags choose rows of --format activities.
func rowFlags() []cli.Flag {
	return []cli.Flag{
		commandline.ListFlag("who", "activities: rows of `WHO` only: "+commandline.Alternatives(append(activities.Whose(), activities.IntruderPrefix+"A"))+"; repeatable"),
		commandline.ListFlag("ip", "activities: rows from `ADDRESS`, or a range such as 203.0.113.0/24, only; repeatable"),
		commandline.ListFlag("session", "activities: rows of the session of `ID` only; repeatable"),
		commandline.TextFlag("grep", "", "activities: rows with a text that `PATTERN` (RE2, without case) finds only"),
	}
}

// readRowFilter reads them. They say nothing of any other format.
func readRowFilter(c *cli.Context, formats []string) (f activities.Filter, err error) {
	var errs []error
	for _, flag := range []string{"who", "ip", "session", "grep"} {
		given := len(c.StringSlice(flag)) > 0 || flag == "grep" && c.String(flag) != ""
		if given && !slices.ContainsFunc(formats, func(name string) bool { return activities.FileName(name) != "" }) {
			errs = append(errs, exit.Usage("add --format activities", "--%s chooses rows of --format activities only", flag))
		}
	}
	for _, who := range c.StringSlice("who") {
		name, of := strings.CutPrefix(strings.ToLower(who), activities.IntruderPrefix)
		if !slices.Contains(activities.Whose(), strings.ToLower(who)) && (!of || name == "") {
			words := append(activities.Whose(), activities.IntruderPrefix+"A")
			errs = append(errs, exit.Usage(commandline.DidYouMean(who, words), "--who %q: want %s", who, commandline.Alternatives(words)))
		}
		f.Who = append(f.Who, strings.ToLower(who))
	}
	for _, text := range c.StringSlice("ip") {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			addr, addrErr := netip.ParseAddr(text)
			if addrErr != nil {
				errs = append(errs, exit.Usage("", "--ip %q: want an address such as 203.0.113.9, or a range such as 203.0.113.0/24", text))
				continue
			}
			p = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
		}
		f.IPs = append(f.IPs, p.Masked())
	}
	f.Sessions = c.StringSlice("session")
	if text := c.String("grep"); text != "" {
		pattern, err := regexp.Compile("(?i)" + text)
		if err != nil {
			errs = append(errs, exit.Usage("", "--grep %q: %w", text, err))
		}
		f.Grep = pattern
	}
	return f, errors.Join(errs...)
}

// threshold is what --fail-on asks: a band or a score that a mailbox reaches.
type threshold struct {
	text  string
	band  int // index into bands; -1: score counts
	score float64
}

// bands lists those that --fail-on may name, lowest first.
func bands() []string { return []string{"low", "medium", "high", "critical"} }

func readThreshold(text string) (*threshold, error) {
	if text == "" {
		return nil, nil
	}
	text = strings.ToLower(strings.TrimSpace(text))
	if band := slices.Index(bands(), text); band >= 0 {
		return &threshold{text: text, band: band}, nil
	}
	score, err := strconv.ParseFloat(text, 64)
	if err != nil || !(score > 0 && score <= 100) { // also refuses NaN
		return nil, exit.Usage(commandline.DidYouMean(text, bands()), "--fail-on %q: want %s, or a score above 0, up to 100", text, strings.Join(bands(), ", "))
	}
	return &threshold{text: text, band: -1, score: score}, nil
}

func failOnFlag() cli.Flag {
	return commandline.TextFlag("fail-on", "", "exit with 3 if a mailbox reaches `LEVEL`: "+commandline.Alternatives(bands())+", or a score")
}

// reached says whether a verdict is as bad as the threshold or worse.
func (t *threshold) reached(band string, score float64) bool {
	if t.band >= 0 {
		return slices.Index(bands(), band) >= t.band
	}
	return score >= t.score
}

// judge is the fault of a report whose mailboxes reach the threshold; nil for a threshold that is nil.
func (t *threshold) judge(rep *report.Report) error {
	if t == nil {
		return nil
	}
	i := slices.IndexFunc(rep.Mailboxes, func(m report.Mailbox) bool { return t.reached(m.Band, m.Score) })
	if i < 0 {
		return nil
	}
	m := rep.Mailboxes[i]
	if m.Tenant != "" {
		m.Mailbox += " of tenant " + string(m.Tenant)
	}
	return &exit.Fault{Code: exit.Reached, Err: fmt.Errorf("%s reaches --fail-on %s: %s, %.1f", m.Mailbox, t.text, m.Band, m.Score)}
}

// caseFlags are what the head of a report says; a pack says the same under case:.
func caseFlags() []cli.Flag {
	return []cli.Flag{
		commandline.TextFlag("case-name", "", "`NAME` or number of the case, for the head of the report"),
		commandline.TextFlag("client", "", "whose case it is, for the head of the report: `NAME`"),
		commandline.TextFlag("analyst", "", "who examines it, for the head of the report: `NAME`"),
		commandline.TextFlag("tlp", "", "who may read the report, Traffic Light Protocol 2.0: `WORD` is "+commandline.Alternatives(rules.TLPs())),
	}
}

func readCaseData(c *cli.Context) (d rules.CaseData, err error) {
	var errs []error
	for flag, to := range map[string]*string{"case-name": &d.Name, "client": &d.Client, "analyst": &d.Analyst, "tlp": &d.TLP} {
		text := c.String(flag)
		if text == "" {
			continue
		}
		parse := rules.ParseCaseText
		if flag == "tlp" {
			parse = rules.ParseTLP
		}
		if *to, err = parse(text); err != nil {
			errs = append(errs, exit.Usage("", "--%s: %w", flag, err))
		}
	}
	return d, errors.Join(errs...)
}

// headOf is the case data as the report has it.
func headOf(d rules.CaseData) report.CaseData {
	return report.CaseData{Name: report.Text(d.Name), Client: report.Text(d.Client), Analyst: report.Text(d.Analyst), TLP: report.Text(d.TLP)}
}
