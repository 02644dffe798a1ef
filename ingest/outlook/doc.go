// Package outlook reads Outlook Activities, the log of what happened in a mailbox that Microsoft offered until 2018: the
// CSV that the public retriever of that year wrote, and the JSON of the service itself.
package outlook
