// Package rest is the REST form of the token and admin services: it reads
// requests into the messages of the contract, calls the one implementation, and
// writes the answers.
package rest
