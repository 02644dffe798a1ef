package phrase

import (
	"embed"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Language is one of [Languages]; the zero value is English.
type Language string

// English is the language that messages are written in.
const English Language = "en"

// Languages are those that the catalogue has, English first.
func Languages() []string { return []string{string(English), "nl", "de", "fr", "es"} }

//go:embed catalogue
var files embed.FS

// catalogue has the messages of each language by their English texts. It is read when another language is asked for.
var catalogue = sync.OnceValue(func() map[Language]map[string]string {
	all := map[Language]map[string]string{}
	for _, l := range Languages()[1:] {
		all[Language(l)] = map[string]string{}
	}
	names, _ := fs.Glob(files, "catalogue/*.txt")
	for _, name := range names {
		text, _ := files.ReadFile(name)
		key := ""
		for line := range strings.Lines(string(text)) {
			word, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			switch {
			case word == string(English):
				key = rest
			case all[Language(word)] != nil:
				all[Language(word)][key] = rest
			}
		}
	}
	return all
})

// message is a message in a language; in English where the catalogue does not have it.
func (l Language) message(key string) string {
	if l == English || l == "" {
		return key
	}
	if text := catalogue()[l][key]; text != "" {
		return text
	}
	return key
}

// Has says that a language is one of [Languages].
func (l Language) Has() bool { return l == "" || slices.Contains(Languages(), string(l)) }

// Say is a message in the language.
func (l Language) Say(key string, args ...Text) string { return Say(key, args...).In(l) }

// Count is a message that counts, in the language.
func (l Language) Count(n int, forms string, args ...Text) string {
	return Count(n, forms, args...).In(l)
}

// Grouped is a number in groups of three digits: with commas in English, else with spaces that do not break, which mean the
// same in every language.
func (l Language) Grouped(n int64) string {
	s, mark := strconv.FormatInt(n, 10), "\u00a0"
	if l == English || l == "" {
		mark = ","
	}
	start := 0
	if n < 0 {
		start = 1
	}
	for at := len(s) - 3; at > start; at -= 3 {
		s = s[:at] + mark + s[at:]
	}
	return s
}
