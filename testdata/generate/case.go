package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"triage/testdata/truth"
)

// investigation is one shipped case: what happened, what the exports hold, and what must be found.
type investigation struct {
	name, title string
	story       string // Markdown: who, when, from where, what was done
	found       string // Markdown: what must be found
	quiet       string // Markdown: what must stay quiet
	plants      []plant
	exports     []export
	runs        []caseRun
	mailboxes   map[string]bandWant
	findings    []findingWant
	silences    []quietWant
	caveats     []caveatWant
	addresses   []addressWant
	broken      string // the plant whose rows must be skipped
	intruder    *intruderTruth
	unjudged    []string     // plants of whose rows nobody can say whose they are
	answers     []truth.Line // in the place of those that follow from the rest
	told        []truth.Line // all that is true, where another generator says it
}

// plant describes one planted act; its rows carry the name.
type plant struct {
	name, what string
	holds      []string // text that every row of it holds
}

// export is one file of the case, or one folder of API pages with the same rows as an earlier file.
type export struct {
	file    string
	rows    []row  // in the file's order
	mailbox string // whose it is
	bare    bool   // it has no header
	text    []byte
	more    map[string][]byte // pages: the same rows in another form
	// skipped and duplicates are what the analyzer must count.
	skipped, duplicates int
	// loose counts messages that the log of the same case holds as well: each is a duplicate of a delivery.
	loose int
}

// caseRun is one way to analyse the case; all runs must agree in canonical output.
type caseRun struct {
	Name   string   `json:"name"`
	Inputs []string `json:"inputs"`
	Flags  []string `json:"flags,omitempty"`
}

// The shapes of want.json; testdata/README.md explains them.
type (
	want struct {
		Schema    string               `json:"schema"`
		Runs      []caseRun            `json:"runs"`
		Files     map[string]fileWant  `json:"files"`
		Mailboxes map[string]bandWant  `json:"mailboxes"`
		Planted   map[string]plantWant `json:"planted"`
		Findings  []findingWant        `json:"findings"`
		Quiet     []quietWant          `json:"quiet"`
		Caveats   []caveatWant         `json:"caveats,omitempty"`
		Addresses []addressWant        `json:"addresses,omitempty"`
		Skipped   []wantLine           `json:"skipped,omitempty"`
	}
	fileWant struct {
		Rows       int `json:"rows"`
		Activities int `json:"activities"`
		Duplicates int `json:"duplicates"`
		Skipped    int `json:"skipped"`
	}
	bandWant struct {
		AtLeast string `json:"band_at_least,omitempty"`
		Below   string `json:"band_below,omitempty"`
	}
	plantWant struct {
		File  string   `json:"file"`
		Lines []int    `json:"lines"`
		Holds []string `json:"holds"`
	}
	findingWant struct {
		Rule     string            `json:"rule"`
		Mailbox  string            `json:"mailbox"`
		AtLeast  string            `json:"level_at_least"`
		Facts    map[string]string `json:"facts,omitempty"`
		Evidence []wantLine        `json:"evidence_lines,omitempty"`
		plants   []string
	}
	quietWant struct {
		Rule    string `json:"rule"`
		Mailbox string `json:"mailbox"`
		Above   string `json:"above"`
	}
	caveatWant struct {
		Code    string `json:"code"`
		Mailbox string `json:"mailbox"`
	}
	addressWant struct {
		IP        string   `json:"ip"`
		Mailboxes []string `json:"mailboxes"`
	}
	wantLine struct {
		File string `json:"file"`
		Line int    `json:"line"`
	}
)

// csvExport is a file as the retriever of 2018 wrote it: newest row first, byte order mark.
func csvExport(file string, rows []row) export {
	descending(rows)
	return export{file: file, rows: rows, text: csvFile(rows)}
}

// lmgExport is a file as LMG's variant of the retriever wrote it: oldest row first, no byte order mark.
func lmgExport(file string, rows []row) export {
	ascending(rows)
	return export{file: file, rows: rows, text: plainCSV(rows)}
}

// lines are the physical lines on which the rows start.
func (e *export) lines() []int {
	if e.bare {
		return lineOf(e.rows, 1)
	}
	return lineOf(e.rows, 2) // after the header
}

// in names the mailbox of an export.
func (e export) in(mailbox string) export {
	e.mailbox = mailbox
	return e
}

// withPages adds the same rows as API pages in a folder.
func (e export) withPages(folder string, size int) (export, error) {
	pages, err := apiPages(e.rows, newRandom(1, e.file).guid(), size)
	if err != nil {
		return e, fmt.Errorf("pages of %s: %w", e.file, err)
	}
	e.more = map[string][]byte{}
	for i, page := range pages {
		e.more[path.Join(folder, fmt.Sprintf("page-%02d.json", i+1))] = page
	}
	return e, nil
}

// files are all files of the case, by slash-separated path inside its folder.
func (c *investigation) files() (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, e := range c.exports {
		out[e.file] = e.text
		for name, text := range e.more {
			out[name] = text
		}
	}
	w := c.want()
	var text bytes.Buffer
	encode := json.NewEncoder(&text)
	encode.SetEscapeHTML(false)
	encode.SetIndent("", " ")
	if err := encode.Encode(w); err != nil {
		return nil, fmt.Errorf("want.json: %w", err)
	}
	out["want.json"] = text.Bytes()
	out["STORY.md"] = c.storyText(&w)
	told, err := truth.Text(c.truths())
	if err != nil {
		return nil, err
	}
	out[truth.File] = told
	return out, nil
}

// want fills in line numbers.
func (c *investigation) want() want {
	w := want{
		Schema: "triage.want/v1", Runs: c.runs, Files: map[string]fileWant{}, Mailboxes: c.mailboxes,
		Planted: map[string]plantWant{}, Findings: slices.Clone(c.findings), Quiet: c.silences, Caveats: c.caveats,
		Addresses: c.addresses,
	}
	for _, e := range c.exports {
		n := len(e.rows) + e.loose
		w.Files[e.file] = fileWant{Rows: n, Activities: n - e.skipped - e.duplicates - e.loose, Duplicates: e.duplicates + e.loose, Skipped: e.skipped}
		lines := e.lines()
		for _, p := range c.plants {
			found := plantWant{File: e.file, Holds: p.holds}
			for i := range e.rows {
				if e.rows[i].plant == p.name {
					found.Lines = append(found.Lines, lines[i])
				}
			}
			if len(found.Lines) > 0 {
				w.Planted[p.name] = found
			}
		}
	}
	for i := range w.Findings {
		w.Findings[i].Evidence = w.cite(w.Findings[i].plants...)
	}
	w.Skipped = w.cite(c.broken)
	return w
}

// cite lists the lines of planted acts.
func (w *want) cite(plants ...string) []wantLine {
	var lines []wantLine
	for _, name := range plants {
		for _, n := range w.Planted[name].Lines {
			lines = append(lines, wantLine{w.Planted[name].File, n})
		}
	}
	return lines
}

// storyText is STORY.md with the planted rows' lines.
func (c *investigation) storyText(w *want) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# %s\n\n%s\n\n", c.title, strings.TrimSpace(c.story))
	out.WriteString("Made by `go run ./testdata/generate -case " + c.name + " -output testdata/cases/" + c.name + "`: people, messages, ids and custom properties are invented.\n\n")
	for _, e := range c.exports {
		f := w.Files[e.file]
		fmt.Fprintf(&out, "`%s`: %d rows, %d activities, %d duplicates, %d skipped.\n", e.file, f.Rows, f.Activities, f.Duplicates, f.Skipped)
	}
	if len(w.Planted) > 0 {
		out.WriteString("\n## Planted rows\n\n| act | file | lines | what |\n|---|---|---|---|\n")
		for _, p := range c.plants {
			fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", p.name, w.Planted[p.name].File, ranges(w.Planted[p.name].Lines), p.what)
		}
	}
	fmt.Fprintf(&out, "\n## Must be found\n\n%s\n\n## Must stay quiet\n\n%s\n", strings.TrimSpace(c.found), strings.TrimSpace(c.quiet))
	return out.Bytes()
}

// ranges writes line numbers as 3–5, 9.
func ranges(lines []int) string {
	var out []string
	for i := 0; i < len(lines); {
		j := i
		for j+1 < len(lines) && lines[j+1] == lines[j]+1 {
			j++
		}
		if j == i {
			out = append(out, strconv.Itoa(lines[i]))
		} else {
			out = append(out, fmt.Sprintf("%d–%d", lines[i], lines[j]))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// scenario is a shipped case by name.
type scenario struct {
	name string
	make func() (*investigation, error)
}

// scenarios are all shipped cases, in the order of the README.
func scenarios() []scenario {
	return []scenario{
		{"wire-fraud", wireFraud},
		{"imap-sync", imapSync},
		{"hta-attachment", htaAttachment},
		{"finance-clerk", financeClerk},
		{"guessing", guessing},
		{"travelling-executive", travellingExecutive},
		{"vpn-gateway", vpnGateway},
		{"two-mailboxes", twoMailboxes},
		{"hostile-strings", hostileStrings},
		{"spoofed-invoice", spoofedInvoice},
		{"stolen-session", stolenSession},
		{"adversary-in-the-middle", adversaryInTheMiddle},
		{"consented-application", consentedApplication},
		{"contested-home", contestedHome},
		{"internal-phish", internalPhish},
		{"payroll-diversion", payrollDiversion},
	}
}

// caseFiles are the files of a shipped case, by path inside its folder.
func caseFiles(name string) (map[string][]byte, error) {
	var names []string
	for _, s := range scenarios() {
		if s.name == name {
			c, err := s.make()
			if err != nil {
				return nil, fmt.Errorf("case %s: %w", name, err)
			}
			return c.files()
		}
		names = append(names, s.name)
	}
	return nil, fmt.Errorf("no case %q; there are %s", name, strings.Join(names, ", "))
}

// writeFiles writes files below a folder.
func writeFiles(folder string, files map[string][]byte) error {
	for name, text := range files {
		target := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
