import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HttpFault } from '#src/http/fault.ts';
import { findRoom, roomView } from '#src/http/room-view.ts';
import { ErrorBody, list, Room, RoomParams } from '#src/http/schemas.ts';
import type { HttpParts } from '#src/http/server.ts';

const NewRoom = z.object({ room: z.union([z.string().max(200), z.int().positive()]) });

/** The rooms that are watched: list, one, add, take back. */
export const roomRoutes: FastifyPluginAsyncZod<HttpParts> = async (app, parts) => {
  app.get('/api/rooms', { schema: { response: { 200: list(Room) } } }, async () => {
    const items = await Promise.all(parts.rooms.all().map((room) => roomView(parts, room)));
    return { items, next: null };
  });

  app.get(
    '/api/rooms/:room',
    { schema: { params: RoomParams, response: { 200: Room, 404: ErrorBody } } },
    async (request) => roomView(parts, findRoom(parts.rooms, request.params.room)),
  );

  app.post(
    '/api/rooms',
    { schema: { body: NewRoom, response: { 201: Room, 400: ErrorBody } } },
    async (request, reply) => {
      const resolved = await parts.rooms.resolve(String(request.body.room));
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
