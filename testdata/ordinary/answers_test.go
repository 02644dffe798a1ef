package ordinary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/answers"
	"triage/testdata/ordinary"
	"triage/testdata/truth"
)

// answered are how the answers of tenants compare with the truth, by question.
type answered struct{ asked, right int }

// answers adds what is answered of a tenant. Facts of how an insider's acts are told are not asked for: nothing strange about
// his place says that they are not his own.
func (l *labels) answers(t *testing.T, label string, j *judged) {
	t.Helper()
	if slices.ContainsFunc(j.tenant.Truth, func(x ordinary.Intruder) bool { return x.Kind == "insider-right" }) {
		return
	}
	if l.answered == nil {
		l.answered = map[string]*answered{}
	}
	for _, want := range truth.Of(j.truths, truth.Answer) {
		x := l.answered[want.Answer]
		if x == nil {
			x = &answered{}
			l.answered[want.Answer] = x
		}
		i := slices.IndexFunc(j.res.Answers, func(a answers.Answer) bool { return a.ID == want.Answer })
		if x.asked++; i < 0 {
			t.Errorf("%s: %s is not answered", label, want.Answer)
			continue
		}
		if wrong := lacks(&j.res.Answers[i], &want); wrong == "" {
			x.right++
		} else if why() {
			t.Logf("why: %s: answer %s: %s (%s)", label, want.Answer, wrong, j.res.Answers[i].Text)
		}
	}
}

// lacks says what is wrong with an answer; "" if it is right.
func lacks(got *answers.Answer, want *truth.Line) string {
	var wrong []string
	if !slices.Contains(want.Sure, string(got.Sure)) {
		wrong = append(wrong, fmt.Sprintf("is %s, not %s", got.Sure, strings.Join(want.Sure, " or ")))
	}
	for name, values := range want.Facts {
		var has []string
		for _, f := range got.Facts {
			if f.Name == name {
				for _, v := range f.Values {
					has = append(has, strings.Replace(v, `: \`, ": ", 1)) // a folder as the log writes it
				}
			}
		}
		for _, value := range values {
			if !slices.ContainsFunc(strings.Split(value, "|"), func(v string) bool { return slices.Contains(has, v) }) {
				wrong = append(wrong, fmt.Sprintf("%s has no %q but %.200q", name, value, has))
			}
		}
	}
	slices.Sort(wrong)
	return strings.Join(wrong, "; ")
}

// sayAnswered says the figures of answers.
func (l *labels) sayAnswered(t *testing.T, form string) {
	t.Helper()
	asked, right := 0, 0
	var each []string
	for _, q := range truth.Questions() {
		if x := l.answered[q]; x != nil {
			asked, right = asked+x.asked, right+x.right
			each = append(each, fmt.Sprintf("%s %d of %d", q, x.right, x.asked))
		}
	}
	t.Logf("figure: %s, answers right: %d of %d (%.0f %%): %s", form, right, asked, percent(right, asked), strings.Join(each, ", "))
}
