import { int, message, text } from '../protobuf.ts';
import type { Medal, Person } from '../room-script.ts';
import { medalColour } from './person.ts';

function medalFields(medal: Medal): Buffer {
  const colour = medalColour(medal);
  return message(
    3,
    text(1, medal.name),
    int(2, medal.level),
    int(3, colour),
    int(4, colour),
    int(5, colour),
    int(6, colour),
    int(9, medal.isLit ? 1 : 0),
    int(10, medal.ruid),
    int(11, medal.guardLevel),
    int(12, medal.level * 1000),
    text(15, '#43B3E3CC'),
    text(19, '#00308C99'),
  );
}

/** UserInfo as protobuf fields, to be put into whatever message holds it. */
export function uinfoFields(person: Person, face: string): Buffer[] {
  return [
    int(1, person.uid),
    message(
      2,
      text(1, person.name),
      text(2, face),
      message(6, text(1, person.name), text(2, face)),
      // -1: no badge. Ten bytes on the wire.
      message(7, int(4, -1)),
    ),
    ...(person.medal === null ? [] : [medalFields(person.medal)]),
    message(4, int(1, person.wealthLevel)),
    message(6, int(1, person.guardLevel)),
  ];
}
