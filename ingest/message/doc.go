// Package message reads what is known of messages and rules apart from the logs of acts: message traces, which say
// what was sent to whom, and listings of inbox rules.
package message
