package casefile

import (
	"time"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// What the cover, the answers and the story say of themselves is said in the reader's language; the other chapters are in English.

func (b *book) say(key string, args ...phrase.Text) string { return b.lang.Say(key, args...) }

func (b *book) count(n int, forms string, args ...phrase.Text) string {
	return b.lang.Count(n, forms, args...)
}

// asNamed is a text of the report as a sentence has it.
func asNamed(text string) phrase.Text { return phrase.Of(phrase.Name, text) }

// number begins a sentence: in English it is spelled out.
func (b *book) number(n int) phrase.Text {
	if b.lang == phrase.English || b.lang == "" {
		return phrase.Of(phrase.Fixed, spelled(n))
	}
	return phrase.Number(n)
}

// dated is a day in a sentence.
func dated(t report.Time) phrase.Text {
	if !isKnown(t) {
		return phrase.Say("a day that is not recorded")
	}
	return dayOf(clockOf(t))
}

func dayOf(t time.Time) phrase.Text {
	return phrase.Say("{1} {2} {3}", digits(t.Format("2")), monthOf(t), digits(t.Format("2006")))
}

func digits(text string) phrase.Text { return phrase.Of(phrase.Fixed, text) }

func monthOf(t time.Time) phrase.Text {
	return [...]phrase.Text{
		phrase.Say("January"), phrase.Say("February"), phrase.Say("March"), phrase.Say("April"), phrase.Say("May"), phrase.Say("June"),
		phrase.Say("July"), phrase.Say("August"), phrase.Say("September"), phrase.Say("October"), phrase.Say("November"), phrase.Say("December"),
	}[t.Month()-1]
}

func weekdayOf(t time.Time) phrase.Text {
	return [...]phrase.Text{
		phrase.Say("Sunday"), phrase.Say("Monday"), phrase.Say("Tuesday"), phrase.Say("Wednesday"), phrase.Say("Thursday"), phrase.Say("Friday"),
		phrase.Say("Saturday"),
	}[t.Weekday()]
}

// weekday is the title of a day of the story.
func (b *book) weekday(t report.Time) string {
	if !isKnown(t) {
		return b.say("Without a date")
	}
	return b.say("{1} {2} {3} {4}", weekdayOf(clockOf(t)), digits(clockOf(t).Format("2")), monthOf(clockOf(t)), digits(clockOf(t).Format("2006")))
}

// written is a day of the contract for people: "2018-08-06" is "6 August 2018".
func (b *book) written(day string) string {
	t, err := time.Parse(report.DayLayout, day)
	if err != nil {
		return short(day, 20)
	}
	return dayOf(t).In(b.lang)
}

// firstOf are the first of a list: "a, b and 3 more".
func firstOf(list []string, most int) phrase.Text {
	var out []phrase.Text
	for _, one := range list {
		out = append(out, asNamed(cell(one)))
	}
	return phrase.Some(out, most)
}
