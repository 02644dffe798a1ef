// Package marks is triage mark: what a responder decides about findings goes into a pack, for all later runs.
package marks

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/cmd/triage/packs"
	"triage/ingest/casefolder"
	"triage/rules/decision"
	"triage/rules/detect"
)

func Command(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "mark",
		Usage:     "records what you decided about findings, for all later runs",
		UsageText: "triage mark REPORT.json FINDING… VERDICT --rules PACK.yaml --reason TEXT [FLAGS], or triage mark --case DIR FINDING… VERDICT --reason TEXT",
		Description: `FINDING is an id of the report such as F-0007, or its name in all reports of the case, such as f-1a2b3c4d; several may be
named, and --rule names all of a rule. VERDICT is benign (shown at 0 points), malicious (keeps its points, whatever exceptions
say) or undecided (takes an earlier decision back). The decisions are appended to PACK.yaml, the last one that --rules names,
which is created if it is not there; nothing else in it changes. Each is about one finding only, found again by its
fingerprint; the last decision about a finding counts. What they silence is shown.

With --case, the report is that of the newest run, and the decisions go to DIR/case.yaml, or to a decisions.yaml that it
extends.

  triage mark report.json F-0007 F-0009 benign --rules engagement.yaml --reason "booked travel, confirmed by the client"
  triage mark --case acme F-0007 benign --reason "booked travel, confirmed by the client"
  triage analyze exports/ --rules engagement.yaml`,
		Flags: []cli.Flag{
			commandline.CaseFlag("case folder `DIR` whose findings are decided, and which keeps the decisions"),
			commandline.ListFlag("rules", "pack `FILE` that keeps the decisions; packs that it needs come before it; repeatable"),
			packs.ListsFlag(),
			commandline.ListFlag("rule", "decide all findings of the rule of `ID`; repeatable"),
			commandline.TextFlag("reason", "", "why: `TEXT` that the report shows"),
			commandline.TextFlag("by", "", "`NAME` of who decided"),
			commandline.TextFlag("expires", "", "last `DAY` in force (default: it stays)"),
			commandline.TextFlag("as-of", "", "`DAY` of the decision (default: today)"),
		},
		Action: t.Do(runMark),
	}
}

func runMark(t *console.Tool, c *cli.Context) error {
	m := &marking{Tool: t, paths: c.StringSlice("rules"), lists: c.StringSlice("lists")}
	said, err := m.arguments(c)
	if err != nil {
		return err
	}
	d, err := readDecision(t, c, said.verdict)
	if err := errors.Join(err, checkOverlay(m.paths)); err != nil {
		return err
	}
	r, err := console.ReadReport(t, said.report)
	if err == nil {
		err = console.PlainReport(r, said.report)
	}
	if err != nil {
		return err
	}
	if err := m.choose(r, said.findings, c.StringSlice("rule")); err != nil {
		return err
	}
	for _, f := range m.findings {
		d.Fingerprint, d.Rule, d.Mailbox, d.Tenant = f.Fingerprint, f.Rule, f.Mailbox, string(f.Tenant)
		m.decisions = append(m.decisions, d)
	}
	if err := m.write(c.Context); err != nil {
		return err
	}
	return m.say(r)
}

// markArguments are the arguments of mark.
type markArguments struct {
	report   string
	findings []string
	verdict  string
}

// arguments reads them, and says where decisions go: with a case, its newest report may be left out.
func (m *marking) arguments(c *cli.Context) (said markArguments, err error) {
	words := c.Args().Slice()
	least := 3
	if len(c.StringSlice("rule")) > 0 {
		least = 2 // --rule names the findings
	}
	if dir := c.String("case"); dir != "" {
		if !casefolder.IsCase(dir) {
			return said, exit.Usage("triage analyze --case makes one", "--case %s: no case folder", dir)
		}
		m.folder = casefolder.Folder(dir)
		m.paths = append(slices.Clone(m.paths), decisionsOf(m.folder))
		if len(words) == 0 || !isReport(words[0]) {
			words = append([]string{dir}, words...)
		}
	}
	if len(words) < least {
		return said, commandline.WantArgs(c, c.Args().Len()+1, -1)
	}
	last := len(words) - 1
	return markArguments{words[0], words[1:last], words[last]}, nil
}

// isReport says that a word names a report, and no finding.
func isReport(word string) bool {
	if word == "-" || strings.EqualFold(filepath.Ext(word), ".json") {
		return true
	}
	_, err := os.Stat(word)
	return err == nil
}

// mostMarked bounds one call: who decides more at once wants an exception.
const mostMarked = 1000

// choose takes the findings that ids and rules name, each once, in the order of the report.
func (m *marking) choose(r *report.Report, ids, ruleIDs []string) error {
	var errs []error
	chosen := map[*report.Finding]bool{}
	for _, id := range ids {
		f, err := r.Find(id, detect.Slips)
		if err != nil {
			errs = append(errs, &exit.Fault{Code: exit.Refused, Err: err, Hint: "triage report REPORT.json lists the findings"})
			continue
		}
		chosen[f] = true
	}
	for _, id := range ruleIDs {
		any, known := false, map[string]bool{}
		for i := range r.Findings {
			known[r.Findings[i].Rule] = true
			if r.Findings[i].Rule == id {
				chosen[&r.Findings[i]], any = true, true
			}
		}
		if !any {
			errs = append(errs, exit.Usage(commandline.DidYouMean(id, slices.Sorted(maps.Keys(known))), "--rule %q: the report has no finding of it", id))
		}
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; chosen[f] {
			m.findings = append(m.findings, f)
		}
	}
	if len(m.findings) > mostMarked {
		errs = append(errs, exit.Usage("an exception of a pack covers many", "mark: %d findings, want at most %d", len(m.findings), mostMarked))
	}
	return errors.Join(errs...)
}

// maxReason is what a reason may have in bytes: reports cut longer texts.
const maxReason = 4000

// readDecision reads all but the finding, and tells all faults at once.
func readDecision(t *console.Tool, c *cli.Context, verdict string) (d decision.Decision, err error) {
	var errs []error
	d.Verdict = verdict
	if !slices.Contains(decision.Verdicts(), d.Verdict) {
		errs = append(errs, exit.Usage(commandline.DidYouMean(d.Verdict, decision.Verdicts()), "mark: %q: want %s", d.Verdict, commandline.Alternatives(decision.Verdicts())))
	}
	d.Reason = strings.TrimSpace(strings.ToValidUTF8(c.String("reason"), "\uFFFD"))
	d.By = strings.TrimSpace(strings.ToValidUTF8(c.String("by"), "\uFFFD"))
	switch {
	case d.Reason == "":
		errs = append(errs, exit.Usage("the report shows it beside the finding", "mark: --reason is missing"))
	case len(d.Reason)+len(d.By) > maxReason:
		errs = append(errs, exit.Usage("", "mark: --reason and --by have %d bytes, want at most %d", len(d.Reason)+len(d.By), maxReason))
	}
	d.Date, err = commandline.Time(c, "as-of")
	errs = append(errs, err)
	if d.Date.IsZero() {
		d.Date = t.Now()
	}
	d.Date = d.Date.UTC().Truncate(24 * time.Hour)
	if text := c.String("expires"); text != "" {
		d.Expires, err = time.Parse(time.DateOnly, text)
		switch {
		case err != nil:
			errs = append(errs, exit.Usage("", "--expires %q: want a day such as 2026-12-31", text))
		case d.Expires.Before(d.Date):
			errs = append(errs, exit.Usage("", "--expires %s is before the decision itself, %s", text, d.Date.Format(time.DateOnly)))
		}
	}
	return d, errors.Join(errs...)
}

// checkOverlay makes sure that the last pack is a file that can be appended to, or none yet.
func checkOverlay(paths []string) error {
	if len(paths) == 0 {
		return exit.Usage("--rules engagement.yaml keeps it there, and creates the file if need be", "mark: --rules is missing: where to keep the decision")
	}
	path := paths[len(paths)-1]
	if strings.HasPrefix(path, "builtin:") {
		return exit.Usage("name a file of the engagement, which may be new", "--rules %s: a built-in pack cannot be changed", path)
	}
	folder, base := filepath.Split(path)
	if _, err := os.Stat(filepath.Join(folder, "pack.yaml")); err == nil && base != "pack.yaml" {
		return exit.Usage("name its pack.yaml, or a file elsewhere", "--rules %s: lies in a folder that is one pack", path)
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return exit.Usage("", "--rules %w", outfile.WithPath(path, err))
	case info.IsDir():
		return exit.Usage("name the file in it that keeps decisions", "--rules %s: is a folder", path)
	case !info.Mode().IsRegular():
		return exit.Usage("name the file itself", "--rules %s: not an ordinary file", path)
	}
	return nil
}
