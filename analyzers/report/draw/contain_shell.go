package draw

import (
	"fmt"
	"regexp"
	"strings"

	"triage/analyzers/report"
)

// maxShell bounds what of a log stands in a command: Exchange allows 512 characters for a rule's name, and nothing that
// we name is longer.
const maxShell = 512

// shell is PowerShell commands in the making. What a log wrote stands in single quotes, in which PowerShell interprets
// nothing; a text that cannot stand there safely refuses the whole step's commands.
type shell struct {
	lines   []string
	refused string
}

// add adds a command. Each %s is a text of a log and is quoted.
func (p *shell) add(format string, args ...string) {
	quoted := make([]any, len(args))
	for i, arg := range args {
		q, why := quote(arg)
		if why != "" {
			p.refuse(why)
			return
		}
		quoted[i] = q
	}
	p.lines = append(p.lines, fmt.Sprintf(format, quoted...))
}

// refuse says why there is no command. The first reason stands.
func (p *shell) refuse(why string) {
	if p.refused == "" {
		p.refused = why
	}
}

// commands are the commands; those before a refusal stay, as listings do no harm.
func (p *shell) commands() []string { return append([]string{}, p.lines...) }

// quote is a text as a PowerShell string in single quotes; why says why it is refused. Curly single quotes end such a
// string as well as the straight one, and each is doubled to mean itself. Source: PowerShell, about_Quoting_Rules, and
// CharTraits.IsSingleQuote (U+0027, U+2018 to U+201B).
func quote(s string) (quoted, why string) {
	switch {
	case s == "":
		return "", "the log does not say the name"
	case len(s) > maxShell:
		return "", fmt.Sprintf("the name is longer than %d bytes", maxShell)
	case report.Plain(s) != s:
		return "", "the name holds characters that do not show or that act on a terminal: pick it from the list by hand"
	}
	var out strings.Builder
	out.WriteByte('\'')
	for _, r := range s {
		if r == '\'' || r >= 0x2018 && r <= 0x201b {
			out.WriteRune(r)
		}
		out.WriteRune(r)
	}
	out.WriteByte('\'')
	return out.String(), ""
}

// quoteAll is a PowerShell list of texts.
func quoteAll(list []string) (quoted, why string) {
	parts := make([]string, len(list))
	for i, s := range list {
		if parts[i], why = quote(s); why != "" {
			return "", why
		}
	}
	return strings.Join(parts, ","), ""
}

// odata is a text as an OData string: only the quote means anything in it.
func odata(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// isGUID says that a text is an id and nothing else, so that it can stand in a filter.
func isGUID(s string) bool {
	return regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString(s)
}

// isNumber says that a text is a number of decimal digits: a rule's identity.
func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// isWords says that a text is a list of PowerShell words, as access rights are.
func isWords(s string) bool {
	return regexp.MustCompile(`^[A-Za-z]{1,40}(, ?[A-Za-z]{1,40}){0,20}$`).MatchString(s)
}
