package terms

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// normal is the text as it is compared: compatible forms made one (NFKC), case folded, invisible letters dropped.
func normal(text string) string {
	if ascii(text) {
		return strings.ToLower(text)
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// properties are the searchable properties that people and clients put before a colon. Source: Microsoft, "Keyword
// queries and search conditions for eDiscovery" (email properties) and "Learn to narrow your search criteria for better
// searches in Outlook".
func properties() []string {
	return []string{
		"attachment", "attachments", "attachmentnames", "bcc", "body", "category", "cc", "contents", "filename",
		"filetype", "folder", "from", "hasattachment", "hasattachments", "hasflag", "importance", "isflagged", "isread",
		"itemclass", "keywords", "kind", "participants", "read", "received", "recipients", "sender", "senderauthor",
		"sent", "size", "subject", "subjecttitle", "title", "to",
	}
}

// withoutProperties is a query without the names of properties: subject:"wire transfer" asks for a wire transfer.
func withoutProperties(query string) string {
	if !strings.Contains(query, ":") {
		return query
	}
	var out strings.Builder
	for i := 0; i < len(query); {
		end := i
		for end < len(query) && 'a' <= query[end] && query[end] <= 'z' {
			end++
		}
		if end > i && end < len(query) && query[end] == ':' && slices.Contains(properties(), query[i:end]) {
			out.WriteByte(' ')
			i = end + 1
			continue
		}
		if end == i {
			end++
		}
		out.WriteString(query[i:end])
		i = end
	}
	return out.String()
}

// cutWords cuts a text into words: runs of letters, digits and marks. A star stays with the word it follows.
func cutWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r != '*' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// variants are the ways in which people type a word: as it is, without its diacritics, and with the letters that German,
// Danish and Norwegian put in their place. A query's own diacritics are never dropped: "año" is not "ano".
func variants(term string) []string {
	if ascii(term) {
		return []string{term}
	}
	out := []string{term}
	for _, other := range []string{normalised(term), umlautsSpelled(term)} {
		if !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	return out
}

// normalised is the text without diacritics.
func normalised(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text))
	return norm.NFC.String(strings.NewReplacer("ø", "o", "æ", "ae", "œ", "oe", "ł", "l").Replace(text))
}

// umlautsSpelled is the text with umlauts spelled out.
func umlautsSpelled(text string) string {
	return normalised(strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe").Replace(text))
}

// matcher finds terms in queries.
type matcher struct {
	mode  string
	terms []term
}

// term is one entry of a list, in every way in which it may be typed.
type term struct {
	text  string     // as the list has it: what a finding names
	words [][]string // mode word: per variant
	parts []string   // mode substring: per variant
	re    *regexp.Regexp
}

func newMatcher(mode string, list []string) (*matcher, error) {
	m := &matcher{mode: mode}
	for _, text := range list {
		t := term{text: text}
		switch mode {
		case "regex":
			re, err := regexp.Compile("(?i)" + text)
			if err != nil {
				return nil, err
			}
			t.re = re
		case "substring":
			t.parts = variants(normal(strings.TrimSpace(text)))
		default:
			for _, v := range variants(normal(text)) {
				t.words = append(t.words, cutWords(v))
			}
		}
		m.terms = append(m.terms, t)
	}
	return m, nil
}

// find lists the terms that a query holds, in the order of the list.
func (m *matcher) find(query string) []string {
	text := withoutProperties(normal(query))
	var words []string
	if m.mode == "word" {
		words = cutWords(text)
	}
	var found []string
	for i := range m.terms {
		if m.terms[i].in(text, words) && !slices.Contains(found, m.terms[i].text) {
			found = append(found, m.terms[i].text)
		}
	}
	return found
}

func (t *term) in(text string, words []string) bool {
	if t.re != nil {
		return t.re.MatchString(text)
	}
	for _, part := range t.parts {
		if part != "" && strings.Contains(text, part) {
			return true
		}
	}
	for _, phrase := range t.words {
		if holds(words, phrase) {
			return true
		}
	}
	return false
}

// holds says whether the words contain the phrase, word by word.
func holds(words, phrase []string) bool {
	if len(phrase) == 0 {
		return false
	}
	for at := 0; at+len(phrase) <= len(words); at++ {
		if slices.EqualFunc(words[at:at+len(phrase)], phrase, sameWord) {
			return true
		}
	}
	return false
}

// sameWord lets a star stand for any ending: in a list ("rechnung*"), and in a query, where a mail search takes it so,
// if enough letters stand before it to mean one word.
func sameWord(word, want string) bool {
	const enough = 4
	if stem, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(strings.TrimRight(word, "*"), stem)
	}
	if stem, ok := strings.CutSuffix(word, "*"); ok {
		return stem == want || len([]rune(stem)) >= enough && strings.HasPrefix(want, stem)
	}
	return word == want
}
