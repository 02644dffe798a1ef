package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect/textset"
)

// text is one value under test, with what several tests may want of it worked out once.
type text struct {
	raw             string
	folded, words   string
	hasFold, hasWds bool
}

func (t *text) fold() string {
	if !t.hasFold {
		t.folded, t.hasFold = Fold(t.raw), true
	}
	return t.folded
}

func (t *text) inWords() string {
	if !t.hasWds {
		t.words, t.hasWds = strings.Join(strings.Fields(t.fold()), " "), true
	}
	return t.words
}

// match says whether a value passes a test.
type match func(t *text) bool

func newMatch(f activity.Field, modifier string, values []string) (match, error) {
	if modifier == "" && f == activity.FieldStrangeness {
		return equalNumbers(values), nil
	}
	switch modifier {
	case "":
		return equals(f, values), nil
	case "contains":
		return anyFolded(values, (*textset.Set).In), nil
	case "startswith":
		return anyFolded(values, (*textset.Set).Begins), nil
	case "endswith":
		return anyFolded(values, (*textset.Set).Ends), nil
	case "word":
		return anyWord(values), nil
	case "re":
		return anyRegexp(values)
	case "cidr":
		return anyNet(values)
	case "sha256":
		return hashed(values)
	default:
		return ordered(modifier, values)
	}
}

// equals compares folded texts; addresses by what they mean, since logs write them with ports and brackets; networks
// with and without their "AS".
func equals(f activity.Field, values []string) match {
	set := make(map[string]struct{}, len(values))
	addrs := map[netip.Addr]struct{}{}
	for _, v := range values {
		v = Fold(v)
		if f == activity.FieldASN {
			v = strings.TrimPrefix(v, "as")
		}
		set[v] = struct{}{}
		if f == activity.FieldIP {
			if a := geo.ParseAddr(v); a.IP.IsValid() && !a.Ambiguous {
				addrs[a.IP] = struct{}{}
			}
		}
	}
	return func(t *text) bool {
		v := t.fold()
		if f == activity.FieldASN {
			v = strings.TrimPrefix(v, "as")
		}
		if _, ok := set[v]; ok || len(addrs) == 0 {
			return ok
		}
		_, ok := addrs[geo.ParseAddr(t.raw).IP]
		return ok
	}
}

func anyFolded(values []string, asks func(s *textset.Set, text string) bool) match {
	folded := make([]string, len(values))
	for i, v := range values {
		folded[i] = Fold(v)
	}
	set := textset.New(folded)
	return func(t *text) bool { return asks(set, t.fold()) }
}

// hashed matches texts by their SHA-256, as they are and in lower case: who hands indicators on need not tell names.
func hashed(values []string) (match, error) {
	set := make(map[[sha256.Size]byte]struct{}, len(values))
	var errs []error
	for _, v := range values {
		sum, err := hex.DecodeString(strings.TrimSpace(v))
		if err != nil || len(sum) != sha256.Size {
			errs = append(errs, fmt.Errorf("want a SHA-256 of 64 hexadecimal digits, got %q", v))
			continue
		}
		set[[sha256.Size]byte(sum)] = struct{}{}
	}
	return func(t *text) bool {
		_, asWritten := set[sha256.Sum256([]byte(t.raw))]
		_, lower := set[sha256.Sum256([]byte(strings.ToLower(t.raw)))]
		return asWritten || lower
	}, errors.Join(errs...)
}

func anyWord(values []string) match {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = Words(v)
	}
	return func(t *text) bool {
		s := t.inWords()
		for _, v := range words {
			if HasWord(s, v) {
				return true
			}
		}
		return false
	}
}

// anyRegexp matches texts as they were logged; a rule that wants case folded writes (?i).
func anyRegexp(values []string) (match, error) {
	var res []func() *regexp.Regexp
	var errs []error
	for _, v := range values {
		if _, err := syntax.Parse(v, syntax.Perl); err != nil {
			errs = append(errs, fmt.Errorf("regexp %q: %w", v, regexpReason(err)))
			continue
		}
		res = append(res, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(v) })) // most are never asked
	}
	return func(t *text) bool {
		for _, re := range res {
			if re().MatchString(t.raw) {
				return true
			}
		}
		return false
	}, errors.Join(errs...)
}

// regexpReason is what a regexp's error says without naming the parser.
func regexpReason(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
}

func anyNet(values []string) (match, error) {
	var nets []netip.Prefix
	var errs []error
	for _, v := range values {
		net, err := ParseNet(v)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		nets = append(nets, net)
	}
	set := textset.NewNets(nets)
	return func(t *text) bool { return set.Has(geo.ParseAddr(t.raw).IP) }, errors.Join(errs...)
}

// ParseNet reads "192.0.2.0/24" or a single address, which is a network of one.
func ParseNet(s string) (netip.Prefix, error) {
	s = strings.TrimSpace(s)
	if net, err := netip.ParsePrefix(s); err == nil {
		if net.Addr().Is4In6() && net.Bits() >= 96 {
			net = netip.PrefixFrom(net.Addr().Unmap(), net.Bits()-96)
		}
		return net.Masked(), nil
	}
	ip, err := netip.ParseAddr(s)
	if err != nil || ip.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("want an address or a network as 192.0.2.0/24, got %q", s)
	}
	ip = ip.Unmap()
	return netip.PrefixFrom(ip, ip.BitLen()), nil
}

// ordered compares numbers with numbers and times with times, whichever the rule's values are.
func ordered(modifier string, values []string) (match, error) {
	s, err := timeSpan(modifier, values)
	if _, ok := parseTime(strings.Join(values[:min(1, len(values))], "")); ok && err != nil {
		return nil, err
	}
	if err == nil {
		return func(t *text) bool {
			ms, ok := parseTime(t.raw)
			return ok && s.has(ms)
		}, nil
	}
	if err := wantValues(modifier, values); err != nil {
		return nil, err
	}
	limits := make([]float64, len(values))
	for i, v := range values {
		n, ok := parseNumber(v)
		if !ok {
			return nil, fmt.Errorf("want a number or a time, got %q", v)
		}
		limits[i] = n
	}
	return func(t *text) bool {
		n, ok := parseNumber(t.raw)
		return ok && compareNumber(modifier, n, limits)
	}, nil
}

// equalNumbers compares numbers by what they mean: 3 is 3.0.
func equalNumbers(values []string) match {
	return func(t *text) bool {
		n, ok := parseNumber(t.raw)
		return ok && slices.ContainsFunc(values, func(v string) bool {
			want, ok := parseNumber(v)
			return ok && n == want
		})
	}
}

func compareNumber(modifier string, n float64, limits []float64) bool {
	switch modifier {
	case "gt":
		return n > limits[0]
	case "gte":
		return n >= limits[0]
	case "lt":
		return n < limits[0]
	case "lte":
		return n <= limits[0]
	default:
		return limits[0] <= n && n < limits[1]
	}
}

func wantValues(modifier string, values []string) error {
	if want := map[string]int{"between": 2, "gt": 1, "gte": 1, "lt": 1, "lte": 1}[modifier]; want != len(values) {
		return fmt.Errorf("%s wants %d value(s), got %d", modifier, want, len(values))
	}
	return nil
}

func parseNumber(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// span is a stretch of time, [from, to), in milliseconds since 1970 UTC.
type span struct{ from, to int64 }

func (s span) has(ms int64) bool { return s.from <= ms && ms < s.to }

func timeSpan(modifier string, values []string) (span, error) {
	switch modifier {
	case "between", "gt", "gte", "lt", "lte":
	default:
		return span{}, errors.New("a time wants between, gt, gte, lt, lte or exists")
	}
	if err := wantValues(modifier, values); err != nil {
		return span{}, err
	}
	var at [2]int64
	for i, v := range values {
		ms, ok := parseTime(v)
		if !ok {
			return span{}, fmt.Errorf("want a time as 2026-03-02 or 2026-03-02T08:00:00Z, got %q", v)
		}
		at[i] = ms
	}
	switch modifier {
	case "gt":
		return span{at[0] + 1, math.MaxInt64}, nil
	case "gte":
		return span{at[0], math.MaxInt64}, nil
	case "lt":
		return span{math.MinInt64, at[0]}, nil
	case "lte":
		return span{math.MinInt64, at[0] + 1}, nil
	}
	if at[0] >= at[1] {
		return span{}, fmt.Errorf("between wants [from, to) with from before to, got %s, %s", values[0], values[1])
	}
	return span{at[0], at[1]}, nil
}

// parseTime reads a time in UTC unless it brings its offset; a bare date is its midnight.
func parseTime(s string) (ms int64, ok bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{
		time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}
