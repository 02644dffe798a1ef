package marks

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

	"gopkg.in/yaml.v3"

	"triage/analyzers/report"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
	"triage/cmd/triage/packs"
	"triage/ingest/casefolder"
	"triage/rules"
	"triage/rules/decision"
	"triage/rules/yamltext"
)

// marking is decisions on their way into a pack.
type marking struct {
	*console.Tool
	folder    casefolder.Folder // "" without --case
	paths     []string          // the last is the one that is appended to
	lists     []string          // that they may read elsewhere
	findings  []*report.Finding
	decisions []decision.Decision // about them, in their order
	stood     []bool              // by decision: the pack said the same before
}

func (m *marking) path() string { return m.paths[len(m.paths)-1] }

// decisionsOf is the file of a case that keeps decisions: its pack, or the decisions.yaml that this extends.
func decisionsOf(folder casefolder.Folder) string {
	var pack struct {
		Extends []string `yaml:"extends"`
	}
	text, err := os.ReadFile(folder.Pack())
	if err == nil && yaml.Unmarshal(text, &pack) == nil { // whatever is wrong with it, loading says
		for _, name := range pack.Extends {
			if filepath.Base(filepath.FromSlash(name)) == "decisions.yaml" && filepath.IsLocal(filepath.FromSlash(name)) {
				return filepath.Join(string(folder), filepath.FromSlash(name))
			}
		}
	}
	return folder.Pack()
}

// write appends the decisions but for those that stand there already.
func (m *marking) write(ctx context.Context) error {
	m.stood = make([]bool, len(m.decisions))
	old, err := os.ReadFile(m.path())
	created := errors.Is(err, fs.ErrNotExist)
	if err != nil && !created {
		return &exit.Fault{Code: exit.Failed, Err: outfile.WithPath(m.path(), err)}
	}
	var before *rules.Set
	text := old
	if created {
		if text, err = m.overlay(); err != nil {
			return err
		}
	} else {
		if before, err = m.load(m.path(), "the pack must load before a decision goes into it; name those that it needs before it"); err != nil {
			return err
		}
		for i, d := range m.decisions {
			same := before.DecidedFor(d.Tenant)[d.Fingerprint]
			same.Date = d.Date
			m.stood[i] = same == d
		}
	}
	var fresh []decision.Decision
	for i, d := range m.decisions {
		if !m.stood[i] {
			fresh = append(fresh, d)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	text, err = decision.Append(text, fresh...)
	if err != nil {
		return exit.Usage("nothing was written", "%s: %w", m.path(), err)
	}
	return m.replace(ctx, old, text, before)
}

// overlay is the text of a new pack, over those that come before it.
func (m *marking) overlay() ([]byte, error) {
	others := m.paths[:len(m.paths)-1]
	if len(others) == 0 {
		return rules.NewOverlay(m.path(), nil), nil
	}
	set, err := packs.Load(rules.Options{Paths: others, Lists: m.lists, AsOf: m.decisions[0].Date})
	if err != nil {
		return nil, err
	}
	return rules.NewOverlay(m.path(), set.Packs), nil
}

// load loads the packs with a file in the place of the last.
func (m *marking) load(file, hint string) (*rules.Set, error) {
	paths := append(slices.Clone(m.paths[:len(m.paths)-1]), file)
	set, err := packs.Load(rules.Options{Paths: paths, Lists: m.lists, AsOf: m.decisions[0].Date})
	var faults yamltext.Problems
	if errors.As(err, &faults) {
		for i := range faults {
			if clean := filepath.Clean(file); filepath.Clean(faults[i].File) == clean {
				faults[i].File = m.path()
				faults[i].Text = strings.ReplaceAll(faults[i].Text, clean, m.path())
			}
		}
		err = &exit.Fault{Code: exit.Refused, Err: faults, Hint: hint}
	}
	return set, err
}

// replace puts the new text in the place of the old one, once it loads and says nothing but those decisions more.
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

// verify holds the packs with the decisions against those without: the effective text grows at its end, and the decisions
// are those that count.
func (m *marking) verify(before, after *rules.Set) error {
	for i, d := range m.decisions {
		if !m.stood[i] && after.DecidedFor(d.Tenant)[d.Fingerprint] != d {
			return exit.Usage("append it to the pack that is laid last", "%s: another pack decides about %s after it", m.path(), m.findings[i].ID)
		}
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
		return &exit.Fault{Code: exit.Failed, Err: outfile.WithPath(m.path(), err)}
	}
	if err != nil || !bytes.Equal(now, old) {
		return &exit.Fault{Code: exit.Failed, Err: fmt.Errorf("%s: changed meanwhile: nothing was written", m.path()), Hint: "try again"}
	}
	info, err := os.Stat(m.path())
	if err != nil {
		return err
	}
	return outfile.WithPath(m.path(), os.Chmod(temp, info.Mode().Perm()))
}

// mostSaid is how many findings are named; the others are counted.
const mostSaid = 20

// say tells what was decided, what it silences or replaces, and what makes it count.
func (m *marking) say(r *report.Report) error {
	var b strings.Builder
	points, mailboxes := 0.0, map[string]bool{}
	for i, f := range m.findings {
		verb := "is marked"
		if m.stood[i] {
			verb = "was marked before as"
		}
		line := fmt.Sprintf("%s (%s, %s) %s %s in %s", f.ID, f.Rule, cmp.Or(f.Mailbox, "no mailbox"), verb, m.decisions[i].Verdict, m.path())
		if d := f.Decision; d != nil && !m.stood[i] {
			line += fmt.Sprintf("; in this report it was %s", d.Verdict)
		}
		if i < mostSaid {
			fmt.Fprintln(&b, report.Plain(line))
		}
		if m.decisions[i].Verdict != decision.Benign {
			continue
		}
		points += f.Points
		mailboxes[f.Mailbox] = true
		if i < mostSaid {
			fmt.Fprintf(&b, "  silences %s\n", report.Plain(silenced(f)))
		}
	}
	if n := len(m.findings) - mostSaid; n > 0 {
		fmt.Fprintf(&b, "… and %d more\n", n)
	}
	if len(mailboxes) > 0 && len(m.findings) > 1 {
		fmt.Fprintf(&b, "all of them: %s, %.1f points, in %s\n", report.Counted(len(m.findings), "finding", "findings"), points,
			report.Counted(len(mailboxes), "mailbox", "mailboxes"))
	}
	fmt.Fprintf(&b, "it counts from the next analysis on: %s\n", report.Plain(m.again(r)))
	_, err := io.WriteString(m.Stdout, b.String())
	return err
}

// silenced is what a finding has said up to now.
func silenced(f *report.Finding) string {
	worth := fmt.Sprintf("%s, %.1f points", f.Level, f.Points)
	if f.Suppressed != nil {
		worth = f.Level + ", 0 points already"
	}
	return fmt.Sprintf("%s, %s: %s", worth, report.Counted(f.Count, "activity", "activities"), report.Short(f.Text, 300))
}

// again is the command that analyses the report's inputs with the decision.
func (m *marking) again(r *report.Report) string {
	const most = 3
	words := []string{"triage", "analyze"}
	if m.folder != "" && !m.folder.Empty() {
		return strings.Join(append(words, "--case", shellWord(string(m.folder))), " ")
	}
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
	if m.folder != "" {
		return strings.Join(append(words, "--case", shellWord(string(m.folder))), " ")
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
