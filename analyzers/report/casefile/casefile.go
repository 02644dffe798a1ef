// Package casefile writes the case file: a report as one HTML file that a client, a lawyer and a colleague can read. It
// needs nothing but itself: its policy (CSP) forbids every request, its style and its few lines of script stand in it and
// are named there by their hashes. Without script all of it is there but the filters.
//
// It is drawn from the contract alone, so that the same report gives the same bytes. A chapter is never left out: where
// there is nothing, it says what was looked for. Every list is bounded, and says what it leaves out.
package casefile

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/figure"
	"triage/analyzers/report/phrase"
)

//go:embed page/*.html
var pages embed.FS

//go:embed page/style.css
var style string

//go:embed page/filter.js
var script string

// Write writes the case file of a report; its cover, answers and story in a language.
func Write(w io.Writer, r *report.Report, lang phrase.Language) error {
	t, err := parsed()
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := t.ExecuteTemplate(&sink{to: out}, "file", newFile(r, lang)); err != nil {
		return fmt.Errorf("case file: %w", err)
	}
	return out.Flush()
}

func parsed() (*template.Template, error) {
	sub, err := fs.Sub(pages, "page")
	if err != nil {
		return nil, err
	}
	return template.New("").Funcs(template.FuncMap{
		"count": report.Grouped[int], "say": func(l phrase.Language, key string) string { return l.Say(key) }, "glyph": glyph, "inc": func(i int) int { return i + 1 }, "rows": itemRowsOf,
		"minutes": func(id string) bool { return strings.HasPrefix(id, "fig-minutes") }, // too fine for a phone: the story tells the same
	}).ParseFS(sub, "*.html")
}

// itemRows are messages and files of one mailbox or of several.
type itemRows struct {
	List    []exposedItem
	Several bool
}

func itemRowsOf(list []exposedItem, several bool) itemRows { return itemRows{list, several} }

// glyph is the shape of a state or level.
func glyph(class string) string {
	switch class {
	case "taken", "standing":
		return "int"
	case "targeted", "given", "accused", "asked":
		return "open"
	case "removed":
		return "check"
	case "proven":
		return "proven"
	case "critical":
		return "b4"
	case "high":
		return "b3"
	case "medium":
		return "b2"
	case "low":
		return "b1"
	case "info":
		return "b0"
	}
	return "unknown"
}

// headHTML is the file's policy, style and script. The texts of the case in the style stand in the margins of printed pages.
func headHTML(c *cover) template.HTML {
	css := strings.TrimSpace(style) + "\n" + figure.CSS + margins(c)
	js := strings.TrimSpace(script) + "\n"
	policy := fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'", hashOf(css), hashOf(js))
	return template.HTML(`<meta http-equiv="Content-Security-Policy" content="` + policy + "\">\n<style>" + css + "</style>\n<script>" + js + "</script>")
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// margins are what stands at the edges of each printed page.
func margins(c *cover) string {
	return fmt.Sprintf("@page{@top-left{content:%s}@top-right{content:%s}}\n", cssText(c.Name), cssText(c.TLP))
}

// cssText is a text as CSS has it between quotes: nothing but letters and digits stands for itself.
func cssText(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range short(s, 80) {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "\\%06x", r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// pageContent is all that the page shows.
type pageContent struct {
	Head        template.HTML
	Lang        phrase.Language // of the cover, the navigation, the answers and the story
	Cover       cover
	Nav         []navItem
	Answers     answersView
	Story       storyView
	Accounts    accountsView
	Entries     []entryChapter
	Places      placesView
	Exposure    exposureView
	Sent        sentView
	Persistence persistView
	Do          doView
	Fetch       fetchView
	Unknown     unknownView
	Findings    findingsView
	Decisions   []decided
	Method      methodView
}

// newFile puts the file together.
func newFile(r *report.Report, lang phrase.Language) *pageContent {
	b := newBook(r, lang)
	evidence, findings := evidencePage{b}, findingPage{b}
	f := &pageContent{
		Lang: cmp.Or(lang, phrase.English), Answers: answerPage{b}.answers(), Story: storyPage{b}.story(), Accounts: accountPage{b}.accounts(), Entries: entryPage{b}.entries(),
		Places: placePage{b}.places(), Exposure: exposurePage{b}.exposure(), Sent: sentPage{b}.sent(), Persistence: persistPage{b}.persistence(),
		Do: doPage{b}.do(), Fetch: evidence.fetch(), Unknown: evidence.unknown(), Findings: findings.findings(), Decisions: findings.decisions(),
		Method: methodPage{b}.method(),
	}
	f.Cover = coverPage{b}.cover()
	f.Nav = b.navigation(f)
	f.Head = headHTML(&f.Cover)
	return f
}

// navItem is one chapter of the navigation; Count is "" where there is nothing to count.
type navItem struct {
	Number int
	Name   string
	Count  string
}

func (b *book) navigation(f *pageContent) []navItem {
	names := []string{
		b.say("Answers"), b.say("What happened"), b.say("Accounts"), b.say("How they came in"), b.say("Infrastructure"), b.say("Exposure"),
		b.say("Sent and deleted"), b.say("Persistence"), b.say("Do now"), b.say("Evidence to fetch"), b.say("What cannot be known"),
		b.say("Findings"), b.say("Decisions"), b.say("Method"),
	}
	counts := []int{
		f.Answers.Count, 0, f.Accounts.Count, 0, f.Places.Count, f.Exposure.Count, f.Sent.Count, f.Persistence.Count, f.Do.Count,
		f.Fetch.Count, f.Unknown.Count, f.Findings.Count, len(f.Decisions), 0,
	}
	nav := make([]navItem, len(names))
	for i, name := range names {
		nav[i] = navItem{Number: i + 1, Name: name}
		if counts[i] > 0 {
			nav[i].Count = report.Grouped(counts[i])
		}
	}
	return nav
}
