import { Arg, Ctx, FieldResolver, Float, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { Taste } from '../../models/personal/served.js';
import { ModelNotTrained } from '../../models/prediction.js';
import { SNAPSHOT, inRange, pageSize } from '../arguments.js';
import type { Context } from '../context.js';
import type { Personal } from '../data/personal.js';
import type { Snapshot } from '../data/snapshot.js';
import { apiError, badInput } from '../errors.js';
import { RatingInput, Recommendation } from '../types/prediction.js';
import { User } from '../types/user.js';

@Resolver(() => User)
export class PersonalResolver {
  @Query(() => [Recommendation], {
    nullable: true,
    description:
      'Films for someone who gave these ratings, 0-10 (MovieLens stars doubled); needs a personal model, else null with code MODEL_NOT_TRAINED.',
  })
  async recommend(
    @Arg('ratings', () => [RatingInput], { description: 'Films that the person has rated.' })
    ratings: RatingInput[],
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0-100.' })
    first: number | null,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<Recommendation[]> {
    const count = pageSize('first', first, 10);
    inRange('The number of ratings', ratings.length, 1, 1000);
    for (const { rating } of ratings) inRange('rating', rating, 0, 10);
    const found = await context.snapshot(snapshot);
    const personal = personalOf(found);
    const own = new Map(ratings.map(({ movieId, rating }) => [movieId, rating]));
    if (own.size < ratings.length)
      throw badInput('ratings names a film twice; legal is one rating for each film.');
    const unknown = [...own.keys()].find((id) => found.rowOf(id) === null);
    if (unknown !== undefined)
      throw badInput(`ratings names film ${unknown}, which snapshot ${found.id} does not have.`);
    context.checkTime();
    return recommendations(
      found,
      personal.taste(Array.from(own, ([filmId, rating]) => ({ filmId, rating }))),
      count,
    );
  }

  @Query(() => User, {
    nullable: true,
    description:
      'Someone in the ratings that the personal model was trained on; null for an unknown id. Without a personal model: null with code MODEL_NOT_TRAINED.',
  })
  async user(
    @Arg('id', () => ID, { description: 'Id of someone whose ratings were trained on.' }) id: string,
    @Arg('snapshot', () => ID, SNAPSHOT) snapshot: string | null,
    @Ctx() context: Context,
  ): Promise<User | null> {
    const found = await context.snapshot(snapshot);
    const personal = personalOf(found);
    const number = /^\d{1,10}$/.test(id) ? Number(id) : NaN;
    const ratings = personal.ratingsOf(number);
    return ratings === null ? null : new User(found, number, personal.taste(ratings));
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'What this person would give a film, 0-10, also one that they rated; null for a film that the snapshot lacks.',
  })
  predictedRating(
    @Root() user: User,
    @Arg('movieId', () => Int, { description: "The source's id of the film." }) movieId: number,
    @Ctx() context: Context,
  ): number | null {
    context.checkTime();
    return user.snapshot.rowOf(movieId) === null ? null : user.taste.predict(movieId);
  }

  @FieldResolver(() => [Recommendation], {
    description: 'Films that others rated and this person has not, highest predicted rating first.',
  })
  recommendations(
    @Root() user: User,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0-100.' })
    first: number | null,
    @Ctx() context: Context,
  ): Recommendation[] {
    context.checkTime();
    return recommendations(user.snapshot, user.taste, pageSize('first', first, 10));
  }
}

function personalOf(snapshot: Snapshot): Personal {
  try {
    return snapshot.personal();
  } catch (error) {
    if (!(error instanceof ModelNotTrained)) throw error;
    throw apiError('MODEL_NOT_TRAINED', `Snapshot ${snapshot.id} has no personal model: ${error.message}.`);
  }
}

function recommendations(snapshot: Snapshot, taste: Taste, first: number): Recommendation[] {
  return taste
    .recommend(first, (filmId) => snapshot.rowOf(filmId) !== null)
    .map(({ filmId, rating }) => ({
      movie: snapshot.film(snapshot.rowOf(filmId)!),
      predictedRating: rating,
    }));
}
