package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers/report"
	"triage/cmd/triage/outfile"
	"triage/rules"
	"triage/rules/decision"
	"triage/rules/detect"
	"triage/rules/yamltext"
)

func markCommand(t *tool) *cli.Command {
	return &cli.Command{
		Name:      "mark",
		Usage:     "records what you decided about a finding, for all later runs",
		UsageText: "triage mark REPORT.json FINDING VERDICT --rules PACK.yaml --reason TEXT [FLAGS]",
		Description: `FINDING is an id of the report such as F-0007, or its name in all reports of the case, such as f-1a2b3c4d. VERDICT is
benign (shown at 0 points), malicious (keeps its points, whatever exceptions say) or undecided (takes an earlier decision back).
The decision is appended to PACK.yaml, the last one that --rules names, which is created if it is not there; nothing else
in it changes. It is about that finding only, found again by its fingerprint; the last decision about a finding counts.

  triage mark report.json F-0007 benign --rules engagement.yaml --reason "booked travel, confirmed by the client"
  triage analyze exports/ --rules engagement.yaml`,
		Flags: []cli.Flag{
			listFlag("rules", "pack `FILE` that keeps the decision; packs that it needs come before it; repeatable"),
			listsFlag(),
			textFlag("reason", "", "why: `TEXT` that the report shows"),
			textFlag("by", "", "`NAME` of who decided"),
			textFlag("expires", "", "last `DAY` in force (default: it stays)"),
			textFlag("as-of", "", "`DAY` of the decision (default: today)"),
		},
		Action: t.do(runMark),
	}
}

func runMark(t *tool, c *cli.Context) error {
	if err := wantArgs(c, 3, 3); err != nil {
		return err
	}
	d, err := readDecision(t, c)
	paths := c.StringSlice("rules")
	if err := errors.Join(err, checkOverlay(paths)); err != nil {
		return err
	}
	r, err := readReport(t, c.Args().First())
	if err != nil {
		return err
	}
	f, err := r.Find(c.Args().Get(1), detect.Slips)
	if err != nil {
		return &fault{code: exitUsage, err: err, hint: "triage report REPORT.json lists the findings"}
	}
	d.Fingerprint, d.Rule, d.Mailbox, d.Tenant = f.Fingerprint, f.Rule, f.Mailbox, string(f.Tenant)
	m := &marking{tool: t, paths: paths, lists: c.StringSlice("lists"), decision: d}
	done, err := m.write(c.Context)
	if err != nil {
		return err
	}
	return m.say(r, f, done)
}

// maxReason is what a reason may have in bytes: reports cut longer texts.
const maxReason = 4000

// readDecision reads all but the finding, and tells all faults at once.
func readDecision(t *tool, c *cli.Context) (d decision.Decision, err error) {
	var errs []error
	d.Verdict = c.Args().Get(2)
	if !slices.Contains(decision.Verdicts(), d.Verdict) {
		errs = append(errs, usage(didYouMean(d.Verdict, decision.Verdicts()), "mark: %q: want %s", d.Verdict, alternatives(decision.Verdicts())))
	}
	d.Reason = strings.TrimSpace(strings.ToValidUTF8(c.String("reason"), "\uFFFD"))
	d.By = strings.TrimSpace(strings.ToValidUTF8(c.String("by"), "\uFFFD"))
	switch {
	case d.Reason == "":
		errs = append(errs, usage("the report shows it beside the finding", "mark: --reason is missing"))
	case len(d.Reason)+len(d.By) > maxReason:
		errs = append(errs, usage("", "mark: --reason and --by have %d bytes, want at most %d", len(d.Reason)+len(d.By), maxReason))
	}
	d.Date, err = readTime(c, "as-of")
	errs = append(errs, err)
	if d.Date.IsZero() {
		d.Date = t.now()
	}
	d.Date = d.Date.UTC().Truncate(24 * time.Hour)
	if text := c.String("expires"); text != "" {
		d.Expires, err = time.Parse(time.DateOnly, text)
		switch {
		case err != nil:
			errs = append(errs, usage("", "--expires %q: want a day such as 2026-12-31", text))
		case d.Expires.Before(d.Date):
			errs = append(errs, usage("", "--expires %s is before the decision itself, %s", text, d.Date.Format(time.DateOnly)))
		}
	}
	return d, errors.Join(errs...)
}

// checkOverlay makes sure that the last pack is a file that can be appended to, or none yet.
func checkOverlay(paths []string) error {
	if len(paths) == 0 {
		return usage("--rules engagement.yaml keeps it there, and creates the file if need be", "mark: --rules is missing: where to keep the decision")
	}
	path := paths[len(paths)-1]
	if strings.HasPrefix(path, "builtin:") {
		return usage("name a file of the engagement, which may be new", "--rules %s: a built-in pack cannot be changed", path)
	}
	folder, base := filepath.Split(path)
	if _, err := os.Stat(filepath.Join(folder, "pack.yaml")); err == nil && base != "pack.yaml" {
		return usage("name its pack.yaml, or a file elsewhere", "--rules %s: lies in a folder that is one pack", path)
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return usage("", "--rules %w", outfile.About(path, err))
	case info.IsDir():
		return usage("name the file in it that keeps decisions", "--rules %s: is a folder", path)
	case !info.Mode().IsRegular():
		return usage("name the file itself", "--rules %s: not an ordinary file", path)
	}
	return nil
}

// marking is one decision on its way into a pack.
type marking struct {
	*tool
	paths    []string // the last is the one that is appended to
	lists    []string // that they may read elsewhere
	decision decision.Decision
}

func (m *marking) path() string { return m.paths[len(m.paths)-1] }

// write appends the decision; done is false if it stands there already.
func (m *marking) write(ctx context.Context) (done bool, err error) {
	old, err := os.ReadFile(m.path())
	created := errors.Is(err, fs.ErrNotExist)
	if err != nil && !created {
		return false, &fault{code: exitFailed, err: outfile.About(m.path(), err)}
	}
	var before *rules.Set
	text := old
	if created {
		if text, err = m.overlay(); err != nil {
			return false, err
		}
	} else {
		if before, err = m.load(m.path(), "the pack must load before a decision goes into it; name those that it needs before it"); err != nil {
			return false, err
		}
		same := before.DecidedFor(m.decision.Tenant)[m.decision.Fingerprint]
		same.Date = m.decision.Date
		if same == m.decision {
			return false, nil
		}
	}
	text, err = decision.Append(text, m.decision)
	if err != nil {
		return false, usage("nothing was written", "%s: %w", m.path(), err)
	}
	return true, m.replace(ctx, old, text, before)
}

// overlay is the text of a new pack, over those that come before it.
func (m *marking) overlay() ([]byte, error) {
	others := m.paths[:len(m.paths)-1]
	if len(others) == 0 {
		return rules.NewOverlay(m.path(), nil), nil
	}
	set, err := loadRules(rules.Options{Paths: others, Lists: m.lists, AsOf: m.decision.Date})
	if err != nil {
		return nil, err
	}
	return rules.NewOverlay(m.path(), set.Packs), nil
}

// load loads the packs with a file in the place of the last.
func (m *marking) load(file, hint string) (*rules.Set, error) {
	paths := append(slices.Clone(m.paths[:len(m.paths)-1]), file)
	set, err := loadRules(rules.Options{Paths: paths, Lists: m.lists, AsOf: m.decision.Date})
	var faults yamltext.Problems
	if errors.As(err, &faults) {
		for i := range faults {
			if clean := filepath.Clean(file); filepath.Clean(faults[i].File) == clean {
				faults[i].File = m.path()
				faults[i].Text = strings.ReplaceAll(faults[i].Text, clean, m.path())
			}
		}
		err = &fault{code: exitUsage, err: faults, hint: hint}
	}
	return set, err
}

// replace puts the new text in the place of the old one, once it loads and says nothing but that one decision more.
func (m *marking) replace(ctx context.Context, old, text []byte, before *rules.Set) error {
	write := func(w io.Writer) error { _, err := w.Write(text); return err }
	return outfile.Publish(ctx, nil, []outfile.Document{{Path: m.path(), Write: write}}, func(temps, _ []string) error {
		after, err := m.load(temps[0], "nothing was written")
		if err != nil {
			return err
		}
		if err := m.verify(before, after); err != nil {
			return err
		}
		return m.unchanged(old, temps[0])
	})
}

// verify holds the packs with the decision against those without: the effective text grows at its end, and the decision
// is the one that counts.
func (m *marking) verify(before, after *rules.Set) error {
	if after.DecidedFor(m.decision.Tenant)[m.decision.Fingerprint] != m.decision {
		return usage("append it to the pack that is laid last", "%s: another pack decides about this finding after it", m.path())
	}
	if before != nil && !bytes.HasPrefix(rules.Effective(after), rules.Effective(before)) {
		return fmt.Errorf("%s: the decision would change what else the pack says: nothing was written", m.path())
	}
	return nil
}

// unchanged makes sure that nobody wrote the file meanwhile, and gives the new one its permissions.
func (m *marking) unchanged(old []byte, temp string) error {
	now, err := os.ReadFile(m.path())
	if errors.Is(err, fs.ErrNotExist) && old == nil {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &fault{code: exitFailed, err: outfile.About(m.path(), err)}
	}
	if err != nil || !bytes.Equal(now, old) {
		return &fault{code: exitFailed, err: fmt.Errorf("%s: changed meanwhile: nothing was written", m.path()), hint: "try again"}
	}
	info, err := os.Stat(m.path())
	if err != nil {
		return err
	}
	return outfile.About(m.path(), os.Chmod(temp, info.Mode().Perm()))
}

// say tells what was decided, what it replaces, and what makes it count.
func (m *marking) say(r *report.Report, f *report.Finding, done bool) error {
	about := fmt.Sprintf("%s (%s, %s)", f.ID, f.Rule, cmp.Or(f.Mailbox, "no mailbox"))
	verb := "is marked"
	if !done {
		verb = "was marked before as"
	}
	line := fmt.Sprintf("%s %s %s in %s", about, verb, m.decision.Verdict, m.path())
	if d := f.Decision; d != nil && done {
		line += fmt.Sprintf("; in this report it was %s", d.Verdict)
	}
	_, err := fmt.Fprintf(m.stdout, "%s\nit counts from the next analysis on: %s\n", printable(line), printable(m.again(r)))
	return err
}

// again is the command that analyses the report's inputs with the decision.
func (m *marking) again(r *report.Report) string {
	const most = 3
	words := []string{"triage", "analyze"}
	for _, in := range r.Inputs {
		path, _, _ := strings.Cut(in.Path, "!")
		if len(words) == 2+most {
			words = append(words, "…")
			break
		}
		if word := shellWord(path); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for _, path := range m.paths {
		words = append(words, "--rules", shellWord(path))
	}
	return strings.Join(words, " ")
}

// shellWord is a word as a shell takes it.
func shellWord(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@+,=") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
