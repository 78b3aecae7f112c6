#!/usr/bin/perl
# The wire: GET /latest and GET /search?q=WORD, answered from four stories.
use strict;
use warnings;
use IO::Socket::INET;

$SIG{TERM} = $SIG{INT} = sub { exit 0 };
$SIG{CHLD} = 'IGNORE';
$| = 1;

my @stories = (
  'Floods close the valley road for a second day',
  'Harvest late after a wet spring',
  'Elections: polling stations open an hour earlier',
  'Floods recede, the bridge is inspected',
);

my $server = IO::Socket::INET->new(LocalPort => 4000, Listen => 16, ReuseAddr => 1) or die "port 4000: $@\n";
while (1) {
  my $client = $server->accept or next;
  next if fork;
  alarm 5;
  my (undef, $path) = split / /, <$client> // '';
  while (my $header = <$client>) { last if $header =~ /^\r?\n$/ }
  my @found = grep { wanted($path // '', $_) } reverse 0 .. $#stories;
  my $body = '[' . join(',', map { qq({"number":$_,"title":"$stories[$_]"}) } @found) . "]\n";
  print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ", length $body,
    "\r\nConnection: close\r\n\r\n$body";
  exit 0;
}

sub wanted {
  my ($path, $number) = @_;
  return $path eq '/latest' ? $number == $#stories : $path =~ m{^/search\?q=(\w+)$} && $stories[$number] =~ /\Q$1/i;
}
