import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpFault } from '#src/http/fault.ts';
import { findRoom, roomView } from '#src/http/room-view.ts';
import { ErrorBody, list, Room, RoomParams, RoomsQuery } from '#src/http/schemas.ts';
import type { HttpParts } from '#src/http/server.ts';
import { UserError } from '#src/lib/errors.ts';
import { findRoomNumber } from '#src/lib/room-text.ts';
import type { RoomRow } from '#src/sdk.ts';

const NewRoom = z.object({ room: z.union([z.string().max(200), z.int().positive()]) });

/** The rooms after `before`, which is the last one of the page before. */
function pageOf(rooms: readonly RoomRow[], limit: number, before: string | undefined) {
  const last = before === undefined ? -1 : rooms.findIndex((room) => String(room.room) === before);
  if (before !== undefined && last === -1)
    throw new HttpFault(400, 'bad-request', 'before must be the "next" of the page before');
  const page = rooms.slice(last + 1, last + 1 + limit);
  const hasMore = last + 1 + limit < rooms.length;
  return { page, next: hasMore ? String(page.at(-1)?.room) : null };
}

/** Throws UserError for what names no room, HttpFault 404 for a room that Bilibili does not have. */
async function resolve({ rooms }: HttpParts, text: string) {
  try {
    return await rooms.resolve(text);
  } catch (error) {
    if (error instanceof UserError && findRoomNumber(text) !== null)
      throw new HttpFault(404, 'room-not-found', error.message);
    throw error;
  }
}

/** The rooms that are watched: list, one, add, take back. */
export const roomRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, parts) => {
  app.get(
    '/api/rooms',
    { schema: { querystring: RoomsQuery, response: { 200: list(Room), 400: ErrorBody } } },
    async ({ query }) => {
      const { page, next } = pageOf(parts.rooms.all(), query.limit, query.before);
      return { items: await Promise.all(page.map((room) => roomView(parts, room))), next };
    },
  );

  app.get(
    '/api/rooms/:room',
    { schema: { params: RoomParams, response: { 200: Room, 404: ErrorBody } } },
    async (request) => roomView(parts, findRoom(parts.rooms, request.params.room)),
  );

  app.post(
    '/api/rooms',
    { schema: { body: NewRoom, response: { 201: Room, 400: ErrorBody, 404: ErrorBody } } },
    async (request, reply) => {
      const resolved = await resolve(parts, String(request.body.room));
      await parts.rooms.addOnPage(resolved);
      reply.code(201);
      return roomView(parts, findRoom(parts.rooms, resolved.room));
    },
  );

  app.delete(
    '/api/rooms/:room',
    { schema: { params: RoomParams, response: { 204: z.undefined(), 404: ErrorBody, 409: ErrorBody } } },
    async (request, reply) => {
      const room = findRoom(parts.rooms, request.params.room);
      const keeper = parts.rooms.keeperOf(room.room);
      if (keeper !== null) throw new HttpFault(409, 'room-kept', keeper);
      await parts.rooms.removeFromPage(room.room);
      return reply.code(204).send();
    },
  );
};
