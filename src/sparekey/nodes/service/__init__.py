"""How runs are begun by what nobody asks for over the API: sign-ins, dates, events, audiences."""
