package casefile

import (
	"slices"
	"strings"

	"triage/analyzers/report"
)

// storyView is chapter 2.
type storyView struct {
	Days  []storyDay
	Notes []string
	Empty string

	Pictures  []picture
	NoPicture string
}

// storyDay is what happened on one day.
type storyDay struct {
	Title string
	List  []storyLine
}

type storyLine struct {
	Clock string
	Who   who
	Text  string
	Grave bool
	Rows  refs
}

// storyPage makes chapter 2.
type storyPage struct{ *book }

func (b storyPage) story() storyView {
	v := storyView{}
	type told struct {
		*report.StorySentence
		of *report.Story
	}
	var all []told
	for i := range b.r.Story {
		s := &b.r.Story[i]
		for k := range s.Sentences {
			all = append(all, told{&s.Sentences[k], s})
		}
		if s.More > 0 {
			v.Notes = append(v.Notes, "Of intruder "+cell(s.Intruder)+" "+plural(s.More, "more act is", "more acts are")+" told by no sentence: the rows stand in chapter 12 and in the format activities.")
		}
	}
	if b.r.StoryMore > 0 {
		v.Notes = append(v.Notes, plural(b.r.StoryMore, "more intruder is", "more intruders are")+" not told here: see the JSON.")
	}
	slices.SortStableFunc(all, func(x, y told) int { return int(min(1, max(-1, x.Time-y.Time))) })
	if n := len(all) - mostListed; n > 0 {
		all = all[:mostListed]
		v.Notes = append(v.Notes, report.Grouped(n)+" more sentences are not shown.")
	}
	for _, s := range all {
		title := format(s.Time, "Monday 2 January 2006", "Without a date")
		if n := len(v.Days); n == 0 || v.Days[n-1].Title != title {
			v.Days = append(v.Days, storyDay{Title: title})
		}
		d := &v.Days[len(v.Days)-1]
		d.List = append(d.List, b.line(s.StorySentence, s.of, len(b.r.Story) > 1))
	}
	if len(all) == 0 {
		v.Empty = "No act is attributed to an intruder, so there is no story to tell. " + b.searchedIn()
	}
	b.drawn(&v)
	return v
}

func (b storyPage) line(s *report.StorySentence, of *report.Story, several bool) storyLine {
	out := storyLine{Clock: format(s.Time, "15:04", "–"), Text: short(s.Text, 1000), Rows: b.cite(s.Rows, s.More)}
	switch s.By {
	case "intruder":
		out.Who = whoOf("attacker", report.Text(of.Intruder))
		if several || b.r.Several() {
			who := "Intruder " + cell(of.Intruder)
			if out.Text != "" && out.Text[0] >= '0' && out.Text[0] <= '9' { // "25 refused sign-ins to …" has no verb
				who += ":"
			}
			out.Text = who + " " + out.Text
		}
		for _, verb := range []string{"replied", "sent ", "forwarded", "made the", "consented"} {
			out.Grave = out.Grave || strings.HasPrefix(s.Text, verb)
		}
	case "owner":
		out.Who = who{"own", "Owner"}
	default:
		out.Who = who{"adm", sentenceCase(cell(s.By))}
	}
	if t := b.tenant(of.Tenant); t != "" {
		out.Text += " (" + t + ")"
	}
	out.Text = sentence(out.Text)
	return out
}

func sentenceCase(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
