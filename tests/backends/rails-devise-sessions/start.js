import { startRails, whyNoRails } from "../lib/rails.js";

export const whyNot = whyNoRails;

/** What `rails generate devise User` makes, and the app's own API. */
const more = {
  "app/models/user.rb": `
class User < ActiveRecord::Base
  devise :database_authenticatable
end`,
  "app/controllers/orders_controller.rb": `
class OrdersController < ApplicationController
  prepend_before_action :authenticate_user!
  ITEMS = []

  def index = render(json: ITEMS)

  def create
    ITEMS << params[:item]
    render json: { item: params[:item] }, status: :created
  end
end`,
};

const tables = `
create_table :users do |t|
  t.string :name
  t.string :email, null: false
  t.string :encrypted_password, null: false
end`;

export async function start(page) {
  const seed = 'User.create!(name: "Ada", email: "ada@example.com", password: "correct horse")';
  const server = await startRails(page, { tables, seed, more });
  return {
    ...server,
    scope: { email: "ada@example.com", password: "correct horse" },
    credentials: { user: { email: "ada@example.com", password: "correct horse" } },
    wrong: { user: { email: "ada@example.com", password: "wrong" } },
    user: { id: 1, name: "Ada" },
    api: "/orders",
    order: { item: "milk" },
    session: "_app_session",
  };
}
