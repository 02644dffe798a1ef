package answers

import (
	"fmt"
	"strings"
	"time"

	"triage/analyzers/report"
	"triage/ingest/activity"
)

// quoteRunes is how much of what a log wrote stands in a sentence; facts have the rest.
const quoteRunes = 80

// quote is a text that a log wrote, in quotation marks that it cannot end: of one line, of bounded length.
func quote(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '"', '“', '”', '„', '‟', '«', '»', '＂':
			return '\''
		}
		return r
	}, report.Short(text, quoteRunes))
	return `"` + strings.TrimSpace(text) + `"`
}

// name is the name of an account, an address or a domain as it stands in a sentence: without spaces, it can end nothing.
func name(text string) string {
	plain := report.Short(text, quoteRunes)
	if plain == "" || strings.ContainsAny(plain, " \"“”;,") {
		return quote(text)
	}
	return plain
}

// names are some names: "a, b and 3 more".
func names(list []string) string { return joined(list, name) }

// quotes are some quotations.
func quotes(list []string) string { return joined(list, quote) }

func joined(list []string, word func(string) string) string {
	var parts []string
	for _, text := range list[:min(len(list), maxNamed)] {
		parts = append(parts, word(text))
	}
	switch n := len(list) - len(parts); {
	case n > 0:
		return strings.Join(parts, ", ") + " and " + report.Grouped(n) + " more"
	case len(parts) > 1:
		return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
	}
	return strings.Join(parts, "")
}

// clock is a time of day with its day, in UTC.
func clock(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04") }

// factTime is a time as facts have it.
func factTime(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

// lengthOfTime is a length of time.
func lengthOfTime(first, last int64) string {
	d := activity.Duration(activity.Later(first, last))
	switch {
	case d < 2*time.Minute:
		return report.Counted(int(d/time.Second), "second", "seconds")
	case d < 2*time.Hour:
		return report.Counted(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return report.Counted(int(d/time.Hour), "hour", "hours")
	}
	return report.Counted(int(d/(24*time.Hour)), "day", "days")
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// place is an address with what is known of it.
func (s *inquiry) place(ip activity.Symbol) string {
	address := s.Places.Field(ip, activity.FieldIP)
	if address == "" {
		return quote(s.text(ip))
	}
	var about []string
	for _, f := range []activity.Field{activity.FieldCountry, activity.FieldOrg} {
		if text := s.Places.Field(ip, f); text != "" {
			about = append(about, report.Short(text, quoteRunes))
		}
	}
	if class := className(s.Places.Field(ip, activity.FieldIPClass)); class != "" {
		about = append(about, class)
	}
	if len(about) == 0 {
		return address
	}
	return fmt.Sprintf("%s (%s)", address, strings.Join(about, ", "))
}

// className is what responders call a class of addresses.
func className(class string) string {
	switch class {
	case "eyeball":
		return "residential or business network"
	case "mobile":
		return "mobile network"
	case "hosting":
		return "hosting"
	case "vpn":
		return "VPN"
	case "tor":
		return "Tor"
	case "", "unknown":
		return ""
	}
	return strings.ReplaceAll(class, "_", " ") + " network"
}

// client is what a program is called.
func client(app string) string {
	switch app {
	case "Web", "OWA":
		return "Outlook on the web"
	case "Mobile":
		return "a phone"
	case "Outlook", "IMAP4", "POP3":
		return app
	}
	return ""
}
