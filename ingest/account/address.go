package account

import "strings"

// Address is the address in "Bob <bob@contoso.com>", "smtp:bob@contoso.com" or "bob@contoso.com", in lower case.
func Address(text string) string {
	if _, rest, ok := strings.Cut(text, "<"); ok {
		text, _, _ = strings.Cut(rest, ">")
	}
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "smtp:")
}
