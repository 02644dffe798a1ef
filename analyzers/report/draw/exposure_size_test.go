package draw

import "testing"

// Promise: the size of a message is the one in its own object, in every wrapping; of a longer id, of another message and of
// another object it is not taken.
func TestSizeIn(t *testing.T) {
	f := func(raw, id string, want int64) {
		t.Helper()
		if got := sizeIn([]byte(raw), id); got != want {
			t.Errorf("sizeIn(%q, %q) = %d, want %d", raw, id, got, want)
		}
	}
	f(`{"FolderItems":[{"InternetMessageId":"<a@x>","SizeInBytes":4711},{"InternetMessageId":"<b@x>","SizeInBytes":12}]}`, "<b@x>", 12)
	f(`{"FolderItems":[{"InternetMessageId":"\u003ca@x\u003e","SizeInBytes":4711}]}`, "<a@x>", 4711)
	f(`"{""FolderItems"":[{""SizeInBytes"":4711,""InternetMessageId"":""<a@x>""}]}"`, "<a@x>", 4711)
	f(`{"AuditData":"{\"FolderItems\":[{\"InternetMessageId\":\"<a@x>\",\"SizeInBytes\": 4711}]}"}`, "<a@x>", 4711)
	f(`[{"InternetMessageId":"<aa@x>","SizeInBytes":1},{"InternetMessageId":"<a@x.org>","SizeInBytes":2},{"InternetMessageId":"<a@x>","SizeInBytes":3}]`, "<a@x>", 3)
	f(`[{"InternetMessageId":"<a@x>"},{"InternetMessageId":"<b@x>","SizeInBytes":3}]`, "<a@x>", 0)
	f(`{"InternetMessageId":"<a@x>","SizeInBytes":"x"}`, "<a@x>", 0)
	f(`{"InternetMessageId":"<a@x>","SizeInBytes":99999999999999999999999}`, "<a@x>", 0)
	f(`{"Item":{"Id":"1","ParentFolder":{"Path":"p","SizeInBytes":1},"InternetMessageId":"<a@x>","Other":{"x":{}},"SizeInBytes":5}}`, "<a@x>", 1)
	f(`{"Item":{"Id":"1","InternetMessageId":"<a@x>","ParentFolder":{"Path":"p"},"SizeInBytes":5,"Subject":"s"},"SizeInBytes":7}`, "<a@x>", 5)
	f(`{"Item":{"ParentFolder":{"Path":"p"},"InternetMessageId":"<a@x>","SizeInBytes":5,"Subject":"s"},"SizeInBytes":7}`, "<a@x>", 5)
	f(`<a@x>`, "<a@x>", 0)
	f(``, "<a@x>", 0)
	f(`{"SizeInBytes":1}`, "", 0)
}

// Promise: no record and no id break the search for a size, and none makes one below zero.
func FuzzSizeIn(f *testing.F) {
	f.Add(`{"InternetMessageId":"<a@x>","SizeInBytes":12}`, "<a@x>")
	f.Add(`}}{{a@x"SizeInBytes`, "a@x")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, raw, id string) {
		if n := sizeIn([]byte(raw), id); n < 0 || n > 1<<40 {
			t.Errorf("%d", n)
		}
	})
}
