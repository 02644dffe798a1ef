package casefile

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// storyView is chapter 2.
type storyView struct {
	Lang  phrase.Language
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
	v := storyView{Lang: cmp.Or(b.lang, phrase.English)}
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
			v.Notes = append(v.Notes, b.count(s.More, "Of intruder {1} {n} more act is told by no sentence: the rows stand in chapter 12 and in the format activities.|Of intruder {1} {n} more acts are told by no sentence: the rows stand in chapter 12 and in the format activities.", asNamed(cell(s.Intruder))))
		}
	}
	if b.r.StoryMore > 0 {
		v.Notes = append(v.Notes, b.count(b.r.StoryMore, "{n} more intruder is not told here: see the JSON.|{n} more intruders are not told here: see the JSON."))
	}
	slices.SortStableFunc(all, func(x, y told) int { return int(min(1, max(-1, x.Time-y.Time))) })
	if n := len(all) - mostListed; n > 0 {
		all = all[:mostListed]
		v.Notes = append(v.Notes, b.count(n, "{n} more sentence is not shown.|{n} more sentences are not shown."))
	}
	for _, s := range all {
		title := b.weekday(s.Time)
		if n := len(v.Days); n == 0 || v.Days[n-1].Title != title {
			v.Days = append(v.Days, storyDay{Title: title})
		}
		d := &v.Days[len(v.Days)-1]
		d.List = append(d.List, b.line(s.StorySentence, s.of, len(b.r.Story) > 1))
	}
	if len(all) == 0 {
		v.Empty = b.say("No act is attributed to an intruder, so there is no story to tell.") + " " + b.looked().In(b.lang)
	}
	b.drawn(&v)
	return v
}

func (b storyPage) line(s *report.StorySentence, of *report.Story, several bool) storyLine {
	out := storyLine{Clock: format(s.Time, "15:04", "–"), Text: short(s.In(b.lang), 1000), Rows: b.cite(s.Rows, s.More)}
	switch s.By {
	case "intruder":
		out.Who = whoOf("attacker", report.Text(of.Intruder))
		if several || b.r.Several() {
			who, did := asNamed(cell(of.Intruder)), asNamed(out.Text)
			if out.Text != "" && out.Text[0] >= '0' && out.Text[0] <= '9' { // "25 refused sign-ins to …" has no verb
				out.Text = b.say("Intruder {1}: {2}", who, did)
			} else {
				out.Text = b.say("Intruder {1} {2}", who, did)
			}
		}
		for _, verb := range []string{"replied", "sent ", "forwarded", "made the", "consented"} {
			out.Grave = out.Grave || strings.HasPrefix(s.Text, verb)
		}
	case "owner":
		out.Who = who{"own", b.say("Owner")}
	default:
		out.Who = who{"adm", sentenceCase(cell(s.By))}
		if s.By == "administrator" {
			out.Who.Name = b.say("Administrator")
		}
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
