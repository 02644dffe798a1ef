package answers

import (
	"strings"
	"time"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
	"triage/ingest/activity"
)

// quoteRunes is how much of what a log wrote stands in a sentence; facts have the rest.
const quoteRunes = 80

// quote is a text that a log wrote, in quotation marks that it cannot end: of one line, of bounded length.
func quote(text string) phrase.Text { return phrase.Text{As: phrase.Quote, Value: quotable(text)} }

// quotable is a text as it stands between quotation marks.
func quotable(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '"', '“', '”', '„', '‟', '«', '»', '＂':
			return '\''
		}
		return r
	}, report.Short(text, quoteRunes))
	return strings.TrimSpace(text)
}

// name is the name of an account, an address or a domain as it stands in a sentence: without spaces, it can end nothing.
func name(text string) phrase.Text {
	plain := report.Short(text, quoteRunes)
	if plain == "" || strings.ContainsAny(plain, " \"“”;,") {
		return quote(text)
	}
	return phrase.Of(phrase.Name, plain)
}

// bareName is a name that may be of several words, without quotation marks.
func bareName(text string) phrase.Text { return phrase.Of(phrase.Name, quotable(text)) }

// serviceWord is the service's own word for what was done.
func serviceWord(text string) phrase.Text {
	return phrase.Of(phrase.Word, quotable(strings.TrimSuffix(text, ".")))
}

// fixed is what no log wrote: a day, a name that we gave.
func fixed(text string) phrase.Text { return phrase.Of(phrase.Fixed, text) }

// someNames are some names: "a, b and 3 more".
func someNames(list []string) phrase.Text { return someOf(list, name) }

// quotes are some quotations.
func quotes(list []string) phrase.Text { return someOf(list, quote) }

func someOf(list []string, word func(string) phrase.Text) phrase.Text {
	return phrases(each(list, word))
}

// phrases are some phrases: "a, b and 3 more".
func phrases(list []phrase.Text) phrase.Text { return phrase.Some(list, maxNamed) }

func each(list []string, word func(string) phrase.Text) []phrase.Text {
	var out []phrase.Text
	for _, text := range list {
		out = append(out, word(text))
	}
	return out
}

// minuteOf is a time of day with its day, in UTC.
func minuteOf(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04") }

// inSentence is the same in a sentence.
func inSentence(ms int64) phrase.Text { return fixed(minuteOf(ms)) }

// factTime is a time as facts have it.
func factTime(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

// lengthOfTime is a length of time.
func lengthOfTime(first, last int64) phrase.Text {
	d := activity.Duration(activity.Later(first, last))
	switch {
	case d < 2*time.Minute:
		return phrase.Count(int(d/time.Second), "{n} second|{n} seconds")
	case d < 2*time.Hour:
		return phrase.Count(int(d/time.Minute), "{n} minute|{n} minutes")
	case d < 48*time.Hour:
		return phrase.Count(int(d/time.Hour), "{n} hour|{n} hours")
	}
	return phrase.Count(int(d/(24*time.Hour)), "{n} day|{n} days")
}

// place is an address with what is known of it.
func (s *inquiry) place(ip activity.Symbol) phrase.Text {
	address := s.Places.Field(ip, activity.FieldIP)
	if address == "" {
		return quote(s.text(ip))
	}
	var about []phrase.Text
	for _, f := range []activity.Field{activity.FieldCountry, activity.FieldOrg} {
		if text := s.Places.Field(ip, f); text != "" {
			about = append(about, phrase.Of(phrase.Place, report.Short(text, quoteRunes)))
		}
	}
	if class := className(s.Places.Field(ip, activity.FieldIPClass)); !class.None() {
		about = append(about, class)
	}
	at := phrase.Of(phrase.Name, address)
	if len(about) == 0 {
		return at
	}
	return phrase.Say("{1} ({2})", at, phrase.Listed(about))
}

// className is what responders call a class of addresses.
func className(class string) phrase.Text {
	switch class {
	case "eyeball":
		return phrase.Say("residential or business network")
	case "mobile":
		return phrase.Say("mobile network")
	case "hosting":
		return phrase.Say("hosting")
	case "vpn":
		return phrase.Say("VPN")
	case "tor":
		return phrase.Say("Tor")
	case "", "unknown":
		return phrase.Text{}
	}
	return phrase.Say("{1} network", fixed(strings.ReplaceAll(class, "_", " "))) // private, relay, satellite …
}

// client is what a program is called.
func client(app string) phrase.Text {
	switch app {
	case "Web", "OWA":
		return phrase.Say("Outlook on the web")
	case "Mobile":
		return phrase.Say("a phone")
	case "Outlook", "IMAP4", "POP3":
		return fixed(app)
	}
	return phrase.Text{}
}
