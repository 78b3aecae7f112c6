#!/usr/bin/perl
# A stand-in for a desk: "wait" is the runner, "report" is what INVOKE wakes it with, the message on its stdin, and
# "ask TEXT" asks the model.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my $name = $ENV{CLAW_INSTANCE} // 'desk';
my $what = shift // 'wait';

if ($what eq 'wait') {
  $SIG{TERM} = $SIG{INT} = sub { exit 0 };
  my ($heading) = (slurp($ENV{CONTRACT_PATH} // '/claw/AGENTS.md') // '') =~ /^# (.*)/m;
  my @skills = map { s{.*/}{}r } glob(($ENV{CLAW_SKILLS_DIR} // '/claw/skills') . '/*.md');
  print "$name: contract ", $heading // 'missing', "; skills @skills\n";
  # The clock is not this program's business.
  sleep 3600 while 1;
}
if ($what eq 'ask') {
  print "$name: model: ", ask("@ARGV"), "\n";
  exit 0;
}

my $message = do { local $/; <STDIN> } // '';
$message =~ s/\s+/ /g;
my $assignment = slurp('/mnt/notes/assignment.txt') // "nothing yet\n";
chomp $assignment;
print "$name: told: $message\n";
print "$name: assigned: $assignment\n";
# Must fail: the notes are the chief's.
print "$name: the notes are ", (open(my $file, '>', "/mnt/notes/$name") ? 'WRITABLE' : 'read-only'), "\n";

# Services are reached through the sidecar, as models are.
my ($status, $stories) = request('GET', "$ENV{CLAW_SERVICES_URL}/wire/search?q=$assignment", '');
$stories =~ s/\s+$//;
print "$name: wire: $status $stories\n";
print "$name: model: ", ask("What of $assignment?"), "\n";

# Asks the model; answers the status and, of what came, the text and the tools that are called.
sub ask {
  my $text = shift;
  $text =~ s/(["\\])/\\$1/g;
  my ($status, $body) = request('POST', "$ENV{OPENAI_BASE_URL}/chat/completions",
    qq({"model":"$ENV{MODEL_PRIMARY}","messages":[{"role":"user","content":"$text"}]}));
  my ($answer) = $body =~ /"(?:content|message)"\s*:\s*"((?:[^"\\]|\\.)*)"/;
  my @tools = $body =~ /"function"\s*:\s*\{\s*"name"\s*:\s*"(\w+)"/g;
  return "$status " . ($answer // $body) . (@tools ? "; calls @tools" : '');
}

# A request of HTTP with this claw's token; answers status and body.
sub request {
  my ($method, $url, $body) = @_;
  my ($host, $path) = $url =~ m{^http://([^/]+)(/.*)$} or return (0, "no address: $url");
  my $socket = IO::Socket::INET->new(PeerAddr => $host, Timeout => 5) or return (0, "$host does not answer");
  print $socket "$method $path HTTP/1.1\r\nHost: $host\r\nAuthorization: Bearer $ENV{CLAW_TOKEN}\r\n",
    "Content-Type: application/json\r\nContent-Length: ", length $body, "\r\nConnection: close\r\n\r\n$body";
  my ($head, $answer) = split /\r\n\r\n/, do { local $/; <$socket> } // '', 2;
  my ($status) = ($head // '') =~ m{^HTTP/1\.[01] (\d+)};
  $answer //= '';
  # Parts of a body that came in pieces.
  if (($head // '') =~ /^transfer-encoding:\s*chunked/mi) {
    my $whole = '';
    $whole .= substr $answer, 0, hex $1, '' while $answer =~ s/^\r?\n?([0-9a-f]+)\r\n//i && hex $1;
    $answer = $whole;
  }
  return ($status // 0, $answer);
}

sub slurp {
  open my $file, '<', shift or return undef;
  local $/;
  return scalar <$file>;
}
