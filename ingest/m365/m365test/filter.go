package m365test

import (
	"fmt"
	"strings"
	"time"
)

// filter is a condition of $filter.
type filter func(*Activity) bool

// parseFilter reads what the service understands: comparisons of TimeStamp, ActivityIdType and AppIdType, joined by
// "and" and "or", with brackets.
func parseFilter(text string) (filter, error) {
	p := &parser{rest: strings.TrimSpace(text)}
	f, err := p.either()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("syntax error at %q", p.rest)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

type parser struct{ rest string }

func (p *parser) take(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = strings.TrimLeft(rest, " ")
	}
	return ok
}

func (p *parser) either() (filter, error) {
	left, err := p.both()
	for err == nil && p.take("or ") {
		l := left
		var right filter
		right, err = p.both()
		left = func(a *Activity) bool { return l(a) || right(a) }
	}
	return left, err
}

func (p *parser) both() (filter, error) {
	left, err := p.one()
	for err == nil && p.take("and ") {
		l := left
		var right filter
		right, err = p.one()
		left = func(a *Activity) bool { return l(a) && right(a) }
	}
	return left, err
}

func (p *parser) one() (filter, error) {
	if p.take("(") {
		f, err := p.either()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("want ) at %q", p.rest)
		}
		return f, err
	}
	name, operator := p.word(), p.word()
	switch name {
	case "TimeStamp":
		return p.time(operator)
	case "ActivityIdType", "AppIdType":
		rest, ok := strings.CutPrefix(p.rest, "'")
		end := strings.IndexByte(rest, '\'')
		if !ok || end < 0 || operator != "eq" {
			return nil, fmt.Errorf("want %s eq 'TEXT' at %q", name, p.rest)
		}
		want := rest[:end]
		p.rest = strings.TrimLeft(rest[end+1:], " ")
		if name == "AppIdType" {
			return func(a *Activity) bool { return a.App == want }, nil
		}
		return func(a *Activity) bool { return a.Type == want }, nil
	}
	return nil, fmt.Errorf("could not find a property named %q", name)
}

func (p *parser) time(operator string) (filter, error) {
	text := p.word()
	want, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return nil, fmt.Errorf("%q is no time", text)
	}
	switch operator {
	case "ge":
		return func(a *Activity) bool { return !a.Time.Before(want) }, nil
	case "le":
		return func(a *Activity) bool { return !a.Time.After(want) }, nil
	}
	return nil, fmt.Errorf("operator %q is not allowed for TimeStamp", operator)
}

// word is the next one, up to a blank or a bracket.
func (p *parser) word() string {
	end := strings.IndexAny(p.rest, " )")
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = strings.TrimLeft(p.rest[end:], " ")
	return word
}
