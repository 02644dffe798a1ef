package shell

import (
	"fmt"
	"io"
	"strings"
)

// Man writes the manual page of a program (man 7): every command with its flags. version is that of the program; trailer
// follows the commands, headings and paragraphs in turn.
func Man(w io.Writer, root Described, version string, trailer ...[2]string) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"%s %s\" \"User Commands\"\n", strings.ToUpper(root.Name), root.Name, roff(version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(root.Name), roff(root.Usage))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n.I COMMAND\n[\\fIARGUMENTS\\fR] [\\fIFLAGS\\fR]\n", roff(root.Name))
	if root.Description != "" {
		fmt.Fprintf(&b, ".SH DESCRIPTION\n%s", paragraphs(root.Description))
	}
	b.WriteString(".SH COMMANDS\n")
	for _, c := range root.Commands {
		manCommand(&b, root.Name, c)
	}
	for _, part := range trailer {
		fmt.Fprintf(&b, ".SH %s\n%s", roff(strings.ToUpper(part[0])), paragraphs(part[1]))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func manCommand(b *strings.Builder, above string, c Described) {
	name := above + " " + c.Name
	if len(c.Commands) > 0 {
		for _, below := range c.Commands {
			manCommand(b, name, below)
		}
		return
	}
	fmt.Fprintf(b, ".SS %s\n%s.\n.PP\n.B %s\n", roff(name), roff(upperFirst(c.Usage)), roff(strings.TrimSpace(c.UsageText)))
	if c.Description != "" {
		b.WriteString(".PP\n" + paragraphs(c.Description))
	}
	for _, f := range c.Flags {
		head := `\fB` + roff("--"+f.Name) + `\fR`
		if f.Short != "" {
			head = `\fB` + roff("-"+f.Short) + `\fR, ` + head
		}
		if f.Value != "" {
			head += ` \fI` + roff(f.Value) + `\fR`
		}
		fmt.Fprintf(b, ".TP\n%s\n%s\n", head, roff(f.Usage))
	}
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// paragraphs are a text's: examples, which are indented, stand as they are.
func paragraphs(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		if strings.HasPrefix(part, " ") || strings.HasPrefix(strings.TrimLeft(part, "\n"), "  ") {
			b.WriteString(".nf\n" + roff(part) + "\n.fi\n")
			continue
		}
		b.WriteString(roff(part) + "\n")
	}
	return b.String()
}

// roff is a text as troff prints it: a backslash begins a request, a dash alone is a hyphen, a dot or quote at the beginning of
// a line is a command, and what is not ASCII has a name.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(text)
	var b strings.Builder
	for _, r := range text {
		if r > 0x7e {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		} else {
			b.WriteRune(r)
		}
	}
	text = b.String()
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
